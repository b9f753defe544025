import { z } from 'zod';
import { Language, TimeZone } from '../../../shared/types/fields.ts';
import { LocalTime } from '../../../shared/types/wall-clock.ts';
import { type Channel, channelsOf, choosableKinds, defaultsOf, type Kind } from './kind.ts';

/** No disturbance between two times of the day; one that ends before it begins goes on after midnight. */
export const QuietHours = z
  .strictObject({ startTime: LocalTime, endTime: LocalTime })
  .refine(({ startTime, endTime }) => startTime !== endTime, {
    path: ['endTime'],
    error: 'must differ from startTime',
  })
  .meta({ id: 'QuietHours', example: { startTime: '21:00', endTime: '07:30' } });
export type QuietHours = z.output<typeof QuietHours>;

const kindShapeOf = (kind: Kind) =>
  Object.fromEntries(channelsOf(kind).map((channel) => [channel, z.boolean()])) as Partial<
    Record<Channel, z.ZodBoolean>
  >;

/** For each kind, which channels are used. */
const Kinds = z.strictObject(
  Object.fromEntries(choosableKinds.map((kind) => [kind, z.strictObject(kindShapeOf(kind))])),
);
const SomeKinds = z.strictObject(
  Object.fromEntries(
    choosableKinds.map((kind) => [kind, z.strictObject(kindShapeOf(kind)).partial().optional()]),
  ),
);
type ChannelChoice = Readonly<Partial<Record<Channel, boolean | undefined>>>;
type Choices = Readonly<Partial<Record<Kind, ChannelChoice | undefined>>>;

/** What a person has set, as it is stored. */
export type OwnPreferences = {
  readonly language: string | null;
  readonly timezone: string | null;
  readonly quietHours: QuietHours | null;
  readonly kinds: Choices;
};
export const noPreferences: OwnPreferences = { language: null, timezone: null, quietHours: null, kinds: {} };

const settings = {
  /** Null: the language of the patient's record, else the clinic's. */
  language: Language.nullable(),
  /** The zone of the quiet hours; null: the clinic's. */
  timezone: TimeZone.nullable(),
  quietHours: QuietHours.nullable(),
};

/** Every choice, set or by default, with the version that `If-Match` asks for. */
export const Preferences = z
  .strictObject({ ...settings, kinds: Kinds, version: z.int() })
  .meta({ id: 'NotificationPreferences' });

export const UpdatePreferences = z
  .strictObject({ ...settings, kinds: SomeKinds })
  .partial()
  .meta({
    example: { language: 'de', kinds: { appointment_reminder: { email: true, sms: false } } },
  });
export type UpdatePreferences = z.output<typeof UpdatePreferences>;

export const uses = (own: OwnPreferences, kind: Kind, channel: Channel): boolean =>
  defaultsOf(kind)[channel] !== undefined &&
  (own.kinds[kind]?.[channel] ?? defaultsOf(kind)[channel] ?? false);

/** The choices with the defaults filled in. */
export const shown = (own: OwnPreferences, version: number) => ({
  language: own.language,
  timezone: own.timezone,
  quietHours: own.quietHours,
  kinds: Object.fromEntries(
    choosableKinds.map((kind) => [
      kind,
      Object.fromEntries(channelsOf(kind).map((channel) => [channel, uses(own, kind, channel)])),
    ]),
  ),
  version,
});
export type ShownPreferences = ReturnType<typeof shown>;

/** Only what is given changes, channel by channel. */
export const changed = (
  own: OwnPreferences,
  { kinds: given, ...changes }: UpdatePreferences,
): OwnPreferences => {
  const choices = given as Choices | undefined;
  const merged = choosableKinds.map((kind) => [kind, { ...own.kinds[kind], ...choices?.[kind] }] as const);
  return {
    language: changes.language === undefined ? own.language : changes.language,
    timezone: changes.timezone === undefined ? own.timezone : changes.timezone,
    quietHours: changes.quietHours === undefined ? own.quietHours : changes.quietHours,
    kinds: Object.fromEntries(merged.filter(([, choice]) => Object.keys(choice).length > 0)),
  };
};

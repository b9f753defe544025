import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { dayOfWeek } from '../../../shared/time/local-date.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import { localDateAt, minuteOfDayAt } from '../../../shared/time/wall-clock.ts';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { LocalEndTime, LocalTime } from '../../../shared/types/wall-clock.ts';

export const WaitlistStatus = z.enum(['waiting', 'offered', 'booked', 'left', 'expired']);
export type WaitlistStatus = z.output<typeof WaitlistStatus>;

/** Whether the entry still waits for anything: who was offered a time, and does not take it, waits on. */
export const isOpen = (status: WaitlistStatus): boolean => status === 'waiting' || status === 'offered';

/** A part of the day on the doctor's wall clock; the whole visit lies in it. */
const TimeRange = z
  .strictObject({ startTime: LocalTime, endTime: LocalEndTime })
  .refine(({ startTime, endTime }) => startTime < endTime, {
    path: ['endTime'],
    error: 'must be after startTime',
  });

const DaysOfWeek = z
  .array(z.int().min(1).max(7))
  .min(1)
  .max(7)
  .refine((days) => new Set(days).size === days.length, 'must not repeat a day')
  .meta({ description: '1 = Monday … 7 = Sunday (ISO 8601)', example: [1, 3] });

/** A time that is kept for the patient until `expiresAt`. */
const WaitlistOffer = z
  .object({
    id: Id,
    doctorId: Id,
    startsAt: Instant,
    endsAt: Instant,
    expiresAt: Instant,
    token: z.string().nullable().meta({
      description: 'For this one offer, and shown to the patient alone: proof that a link came from it',
    }),
  })
  .meta({ id: 'WaitlistOffer' });

/** What a patient waits for, and the time that they are offered just now. */
export const WaitlistEntry = z
  .object({
    id: Id,
    patientId: Id,
    doctorId: Id.nullable(),
    specialization: text(100).nullable(),
    serviceId: Id,
    earliest: Instant,
    latest: Instant,
    daysOfWeek: DaysOfWeek.nullable(),
    timeRange: TimeRange.nullable(),
    status: WaitlistStatus.meta({ example: 'offered' }),
    offer: WaitlistOffer.nullable(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'WaitlistEntry' });
export type ShownEntry = z.output<typeof WaitlistEntry>;

export type Outcome = 'accepted' | 'declined' | 'expired' | 'withdrawn';

/** With what only the waitlist needs to know: the hold behind the offer, and how it ended. */
export type Offer = Omit<z.output<typeof WaitlistOffer>, 'token'> & {
  readonly entryId: string;
  readonly serviceId: string;
  readonly holdId: string;
  readonly madeAt: Date;
  readonly outcome: Outcome | null;
};
export type Entry = Omit<ShownEntry, 'offer'> & {
  readonly enteredBy: string;
  /** Whether the patient lost a time to an absence: then they stand before all others. */
  readonly displaced: boolean;
  readonly offer: Offer | null;
};

type Wish = Wishes & Pick<Entry, 'doctorId' | 'specialization' | 'serviceId'>;

/** Whether two entries wait for exactly the same. Days have no order, and specializations no large or small letters. */
export const isSameWish = (one: Wish, other: Wish): boolean => {
  const parts = ({ earliest, latest, daysOfWeek, timeRange, ...of }: Wish) => [
    ...[of.doctorId, of.specialization?.toLowerCase() ?? null, of.serviceId],
    ...[earliest.getTime(), latest.getTime()],
    daysOfWeek?.toSorted() ?? null,
    timeRange && [timeRange.startTime, timeRange.endTime],
  ];
  return isDeepStrictEqual(parts(one), parts(other));
};

export type Wishes = Pick<Entry, 'earliest' | 'latest' | 'daysOfWeek' | 'timeRange'>;

/**
 * Whether a visit (epoch milliseconds) is what somebody wishes for: it starts from `earliest` to `latest`, both included,
 * on one of the days, and lies within the range of hours, as calendars and clocks in `timezone` (the doctor's) show them.
 */
export const suits = (
  { earliest, latest, daysOfWeek, timeRange }: Wishes,
  { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number },
  timezone: string,
): boolean => {
  if (startsAt < earliest.getTime() || startsAt > latest.getTime()) return false;
  if (daysOfWeek !== null && !daysOfWeek.includes(dayOfWeek(localDateAt(timezone, startsAt)))) return false;
  if (timeRange === null) return true;
  const startMinute = minuteOfDayAt(timezone, startsAt);
  const endMinute = startMinute + (endsAt - startsAt) / MINUTE_MS;
  return timeRange.startTime <= startMinute && endMinute <= timeRange.endTime;
};

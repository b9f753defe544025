import { z } from 'zod';
import { Instant } from '../../../shared/types/instant.ts';
import { channelsOf, type Channel, channels, type Kind, kinds } from './kind.ts';
import type { Message } from './message.ts';
import type { TemplateText } from './template-text.ts';
import { builtInLanguages, builtInTexts } from './texts/index.ts';

/** What a template is for. Its key is the three, joined by dots. */
export type TemplateName = { readonly kind: Kind; readonly channel: Channel; readonly language: string };

const KEY = /^([a-z_]+)\.([a-zA-Z]+)\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$/;

export const keyOf = ({ kind, channel, language }: TemplateName): string => `${kind}.${channel}.${language}`;

/** Nothing for a text that names no kind, a channel over which it is not told, or no language. */
export const nameOf = (key: string): TemplateName | undefined => {
  const [, kindText = '', channelText = '', language = ''] = KEY.exec(key) ?? [];
  const kind = kinds.find((each) => each === kindText);
  const channel = channels.find((each) => each === channelText);
  if (kind === undefined || channel === undefined || !channelsOf(kind).includes(channel)) return undefined;
  return { kind, channel, language };
};

/** An SMS has no title. */
export const hasTitle = (channel: Channel): boolean => channel !== 'sms';

/** The product's own words; nothing where it does not speak the language. */
export const builtInText = ({ kind, channel, language }: TemplateName): TemplateText | undefined => {
  const texts = builtInTexts[language]?.[kind];
  if (!texts) return undefined;
  const bodies = { email: texts.letter, sms: texts.sms ?? texts.line, push: texts.line, inApp: texts.line };
  return { title: texts.title, body: bodies[channel] };
};

export const TemplateKey = z
  .string()
  .max(100)
  .meta({ example: 'appointment_reminder.email.en', description: 'kind.channel.language' });

export const Template = z
  .object({
    key: TemplateKey,
    kind: z.enum(kinds),
    channel: z.enum(channels),
    language: z.string().meta({ example: 'en' }),
    /** The subject of a mail, the title of a push message. Null for SMS. */
    title: z.string().nullable(),
    body: z.string(),
    /** Whether these are the clinic's own words; otherwise they are the product's. */
    custom: z.boolean(),
    /** The names that title and body may use. */
    titleVariables: z.array(z.string()),
    bodyVariables: z.array(z.string()),
    /** 0 for the product's own words. */
    version: z.int(),
    updatedAt: Instant.nullable(),
  })
  .meta({ id: 'NotificationTemplate' });
export type Template = z.output<typeof Template>;

/** What a clinic has stored. */
export type OwnTemplate = {
  readonly key: string;
  readonly title: string | null;
  readonly body: string;
  readonly version: number;
  readonly updatedAt: Date;
};

/** Every template that the product has words for. */
export const builtInNames: readonly TemplateName[] = kinds.flatMap((kind) =>
  channelsOf(kind).flatMap((channel) => builtInLanguages.map((language) => ({ kind, channel, language }))),
);

/** `de-AT` is asked for as `de-AT`, then as `de`. */
const withBase = (language: string): string[] => {
  const [base = language] = language.split('-');
  return [language, base.toLowerCase()];
};

/** The languages in which a person is addressed, best first: their own, the clinic's, English. */
export const languagesFor = (...wishes: readonly (string | null | undefined)[]): string[] => [
  ...new Set([...wishes.flatMap((wish) => (wish == null ? [] : withBase(wish))), 'en']),
];

export const PreviewedMessage = z
  .object({ title: z.string().nullable(), text: z.string(), html: z.string().nullable() })
  .meta({ id: 'NotificationPreview' });
export type PreviewedMessage = z.output<typeof PreviewedMessage>;

export const asPreview = (channel: Channel, { title, text, html }: Message): PreviewedMessage => ({
  title: hasTitle(channel) ? title : null,
  text,
  html: channel === 'email' ? html : null,
});

import { htmlOf, type Look } from './email-html.ts';
import type { Channel, Kind } from './kind.ts';
import { fill, type TemplateText, type Words } from './template-text.ts';

/** A message as it goes out; `html` is of use to mail only. */
export type Message = { readonly title: string; readonly text: string; readonly html: string };

/**
 * What may be told of a visit. A mail and the product itself are opened by who they are for. An SMS, a push message and the subject of
 * a mail show on locked screens and pass through others' hands: they say when, where and with whom, and never why: not the service, and no name
 * of the patient. Notes and reasons are in neither.
 */
const openWords = [
  'clinic',
  'when',
  'timezone',
  'previousWhen',
  'doctor',
  'place',
  'answerUrl',
  'confirmUrl',
  'cancelUrl',
  'answerBy',
] as const;
type WordName = (typeof openWords)[number] | 'firstName' | 'service' | 'alert' | 'link' | 'expires';

/** Which of the words make sense for a kind. */
const visit = ['clinic', 'when', 'timezone', 'doctor', 'place', 'service', 'firstName'] as const;
const account = ['clinic', 'firstName', 'link', 'expires'] as const;
const wordsByKind: Readonly<Record<Kind, readonly WordName[]>> = {
  appointment_requested: visit,
  appointment_booked: visit,
  appointment_confirmed: visit,
  appointment_rescheduled: [...visit, 'previousWhen'],
  appointment_cancelled: visit,
  appointment_reminder: [...visit, 'answerUrl', 'confirmUrl', 'cancelUrl'],
  waitlist_offer: [...visit, 'answerBy'],
  calendar_booked: visit,
  calendar_rescheduled: [...visit, 'previousWhen'],
  calendar_cancelled: visit,
  system_alert: ['clinic', 'firstName', 'alert'],
  email_verification: account,
  address_taken: account,
  password_reset: account,
  invitation: account,
};

const isOpen = (name: WordName): boolean => openWords.some((each) => each === name);

export const titleVariables = (kind: Kind): string[] => wordsByKind[kind].filter(isOpen);
export const bodyVariables = (kind: Kind, channel: Channel): string[] =>
  channel === 'email' || channel === 'inApp' ? [...wordsByKind[kind]] : titleVariables(kind);

/** Every fact that a message may tell; those that a kind does not know are left empty. */
export type Facts = Readonly<Record<WordName, string>>;

const only = (facts: Facts, names: readonly string[]): Words =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => names.includes(name)));

/** A subject and a title are one line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const MAX_TITLE_CHARACTERS = 300;

/** Writes the message. Throws `TemplateError` for words that are none. */
export const writeMessage = (
  { kind, channel, look }: { readonly kind: Kind; readonly channel: Channel; readonly look: Look },
  { title, body }: TemplateText,
  facts: Facts,
): Message => {
  const text = fill(body, only(facts, bodyVariables(kind, channel))).trim();
  return {
    title: oneLine(fill(title, only(facts, titleVariables(kind)))).slice(0, MAX_TITLE_CHARACTERS),
    text,
    html: htmlOf(text, look),
  };
};

import { z } from 'zod';

/** The ways to reach a person. `inApp` is a row that the person reads here; the others leave the house. */
export const channels = ['inApp', 'email', 'sms', 'push'] as const;
export type Channel = (typeof channels)[number];
export const outerChannels = ['email', 'sms', 'push'] as const;
export const OuterChannel = z.enum(outerChannels);
export type OuterChannel = z.output<typeof OuterChannel>;

/** Whether a channel is used for a kind, where a person has said nothing; a channel that is not named is never used. */
type Defaults = Readonly<Partial<Record<Channel, boolean>>>;

const toPatient = { inApp: true, email: true, sms: false, push: true } as const;
const toDoctor = { inApp: true, email: false, push: true } as const;

/** What is needed to use an account is sent to whom it is for, whatever they prefer. */
const toAccount = { email: true } as const;

/** Everything that people are told of, and how: the one table. */
export const kindTable = {
  appointment_requested: toPatient,
  appointment_booked: toPatient,
  appointment_confirmed: toPatient,
  appointment_rescheduled: toPatient,
  appointment_cancelled: toPatient,
  appointment_reminder: { ...toPatient, sms: true },
  waitlist_offer: { ...toPatient, sms: true },
  calendar_booked: toDoctor,
  calendar_rescheduled: toDoctor,
  calendar_cancelled: toDoctor,
  system_alert: { inApp: true, email: true },
  email_verification: toAccount,
  address_taken: toAccount,
  password_reset: toAccount,
  invitation: toAccount,
} as const satisfies Record<string, Defaults>;

export type Kind = keyof typeof kindTable;
export const kinds = Object.keys(kindTable) as [Kind, ...Kind[]];
export const Kind = z.enum(kinds);

/** Those that people can choose. */
export const choosableKinds = kinds.filter((kind) => kindTable[kind] !== toAccount);

export const defaultsOf = (kind: Kind): Defaults => kindTable[kind];
/** The channels over which a kind can be told at all. */
export const channelsOf = (kind: Kind): Channel[] =>
  channels.filter((channel) => defaultsOf(kind)[channel] !== undefined);

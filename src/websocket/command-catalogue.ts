import { z } from 'zod';
import { Id } from '../shared/types/id.ts';

/** One thing that a client may ask for. `codes` are why it may be refused, beside those of any command. */
export type CommandKind = {
  readonly summary: string;
  readonly request: z.ZodType;
  readonly codes: readonly string[];
};

const OfDoctor = z.strictObject({ doctorId: Id });
const OfAppointment = z.strictObject({ appointmentId: Id });

/** Every command that a socket answers: the one list. What is not described here is not listened to. */
export const commandCatalogue = {
  subscribe: {
    summary: 'Be told about the calendar of a doctor',
    request: OfDoctor,
    codes: ['doctor_not_found', 'forbidden'],
  },
  unsubscribe: {
    summary: 'Be told no more about the calendar of a doctor',
    request: OfDoctor,
    codes: [],
  },
  typing: {
    summary: 'Tell the others whom an appointment concerns that one writes about it',
    request: OfAppointment,
    codes: ['appointment_not_found'],
  },
} as const satisfies Record<string, CommandKind>;

/** Why any command may be refused. */
const anyCommandCodes = ['validation_failed', 'rate_limited', 'unavailable', 'internal_error'] as const;

export type CommandName = keyof typeof commandCatalogue;
export const commandNames = Object.keys(commandCatalogue) as CommandName[];
export type Request<Name extends CommandName> = z.output<(typeof commandCatalogue)[Name]['request']>;

type Code<Name extends CommandName> =
  (typeof commandCatalogue)[Name]['codes'][number] | (typeof anyCommandCodes)[number];
export type Answer<Name extends CommandName = CommandName> =
  { readonly ok: true } | { readonly ok: false; readonly code: Code<Name> };

/** Every reason for which a command may be refused. */
export const codesOf = ({ codes }: CommandKind): string[] => [...codes, ...anyCommandCodes];

/** What a command is acknowledged with. */
export const answerSchema = (command: CommandKind) =>
  z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true) }),
    z.object({ ok: z.literal(false), code: z.enum(codesOf(command)) }),
  ]);

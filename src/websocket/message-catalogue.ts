import { z } from 'zod';
import { Id } from '../shared/types/id.ts';
import { ForOnePerson, InstantText, Maintenance, OfAppointment, Place, Reminder } from './message-data.ts';

/** One kind of message as clients are told of it. */
export type MessageKind = {
  readonly summary: string;
  readonly to: string;
  /** Whatever else an event holds is not sent. */
  readonly data: z.ZodType;
};

const WHOM_IT_CONCERNS = 'the doctor, the patient, the staff';
const WHO_SUBSCRIBED = 'whoever subscribed to that doctor';

/** Every message that a socket is sent: the one list. What is not described here cannot be sent. */
export const messageCatalogue = {
  /** It gives the client a place to resume from, should it drop before any other. */
  ready: {
    summary: 'The first message of a new connection',
    to: 'that socket',
    data: z.object({}),
  },
  appointment_created: {
    summary: 'An appointment was booked',
    to: WHOM_IT_CONCERNS,
    data: OfAppointment,
  },
  appointment_updated: {
    summary: 'An appointment was moved, changed, or went a step further; `previous` is there after a move',
    to: `${WHOM_IT_CONCERNS}, and the doctor it was moved from`,
    data: OfAppointment.extend({ previous: Place.optional() }),
  },
  appointment_cancelled: {
    summary: 'An appointment was cancelled',
    to: WHOM_IT_CONCERNS,
    data: OfAppointment,
  },
  appointment_reminder: {
    summary: 'A visit is near',
    to: 'the doctor, the patient',
    data: Reminder,
  },
  availability_updated: {
    summary:
      'A calendar may have other free times than before: between `from` and `to`, or at any time without them',
    to: WHO_SUBSCRIBED,
    data: z.object({ doctorId: Id, from: InstantText.optional(), to: InstantText.optional() }),
  },
  doctor_status_changed: {
    summary: 'A doctor is available, busy, away or offline',
    to: WHO_SUBSCRIBED,
    data: z.object({ doctorId: Id, status: z.enum(['available', 'busy', 'away', 'offline']) }),
  },
  system_notification: {
    summary: 'Something for one person, or for the administrators; `kind` says what',
    to: 'whom it concerns',
    data: ForOnePerson,
  },
  maintenance_notice: {
    summary: 'The operators of the installation plan maintenance, or withdraw it',
    to: 'everybody',
    data: Maintenance,
  },
  typing: {
    summary: 'Somebody writes about an appointment; not kept for who comes back',
    to: `${WHOM_IT_CONCERNS}, except the sender`,
    data: z.object({ appointmentId: Id, userId: Id }),
  },
} as const satisfies Record<string, MessageKind>;

export type MessageName = keyof typeof messageCatalogue;
export type MessageData<Name extends MessageName = MessageName> = z.output<
  (typeof messageCatalogue)[Name]['data']
>;
export const messageNames = Object.keys(messageCatalogue) as [MessageName, ...MessageName[]];

/** What is around the `data` of every message. */
export const MessageEnvelope = z.object({
  id: Id.meta({ description: 'Of the event: a message that comes again has the same' }),
  type: z.enum(messageNames),
  occurredAt: InstantText,
  tenantId: Id,
});
export type Message<Name extends MessageName = MessageName> = Readonly<z.output<typeof MessageEnvelope>> & {
  readonly type: Name;
  readonly data: MessageData<Name>;
};

/** One whole message as it is sent. */
export const messageSchema = (name: MessageName) =>
  MessageEnvelope.extend({ type: z.literal(name), data: messageCatalogue[name].data });

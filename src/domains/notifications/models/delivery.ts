import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { Kind, OuterChannel } from './kind.ts';

/**
 * `pending` waits for its time or for the provider, `sending` is in a sender's hands, `sent` was taken by the provider, `failed` will not be
 * tried again unless somebody asks for it, and `dropped` was of no use any more.
 */
export const deliveryStatuses = ['pending', 'sending', 'sent', 'failed', 'dropped'] as const;
export const DeliveryStatus = z.enum(deliveryStatuses);
export type DeliveryStatus = z.output<typeof DeliveryStatus>;

/** Whom a delivery is for; a letter about an account goes to whom its link was made for, who may have no account yet. */
export type Recipient = { readonly type: 'user' | 'patient' | 'account_link'; readonly id: string };

/** What an event said, as far as messages need it: ids and instants. */
export const Facts = z.object({
  appointmentId: z.string().optional(),
  /** Of the visit, when the event happened. */
  startsAt: z.string().optional(),
  previousStartsAt: z.string().optional(),
  reminderId: z.string().optional(),
  offerId: z.string().optional(),
  doctorId: z.string().optional(),
  serviceId: z.string().optional(),
  timezone: z.string().optional(),
  answerBy: z.string().optional(),
  alert: z.string().optional(),
  /** A message that tries a template out. */
  example: z.boolean().optional(),
  /** Of such a message; all others are in the recipient’s. */
  language: z.string().optional(),
});
export type Facts = z.output<typeof Facts>;

/** As administrators see it: whom it was for, what became of it, and neither address nor text. */
export const Delivery = z
  .object({
    id: Id,
    eventId: Id,
    kind: Kind,
    channel: OuterChannel,
    recipient: z.object({ type: z.enum(['user', 'patient', 'account_link']), id: Id }),
    status: DeliveryStatus,
    attempts: z.int(),
    /** When it is looked at next; null once it is done with. */
    dueAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    providerMessageId: z.string().nullable(),
    /** Why it failed or was dropped, or why the last attempt did not succeed. */
    problem: z.string().nullable().meta({ example: 'refused' }),
    detail: z.string().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'NotificationDelivery' });
export type ShownDelivery = z.output<typeof Delivery>;

export type Delivery = ShownDelivery & {
  readonly tenantId: string;
  /** The device, for push. */
  readonly targetId: string;
  readonly requestId: string;
  readonly facts: Facts;
  readonly giveUpAt: Date;
};

/** The target of a delivery that has none. */
export const NO_TARGET = '00000000-0000-0000-0000-000000000000';

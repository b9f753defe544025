import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** Instead of a list of types: whatever happens. */
export const EVERY_EVENT = '*';

/** Why nothing is sent any more: nothing has arrived for days, or the target said that it is gone for good (410). */
export const DisabledReason = z.enum(['failing', 'gone']);
export type DisabledReason = z.output<typeof DisabledReason>;

/** Where a clinic is told what happens, and of what. */
export const Webhook = z
  .object({
    id: Id,
    url: z.string().meta({ example: 'https://hooks.example/appointments' }),
    events: z.array(z.string()).meta({ example: ['appointment.booked', 'appointment.cancelled'] }),
    description: text(200).nullable(),
    active: z.boolean(),
    failingSince: Instant.nullable(),
    disabled: z.object({ at: Instant, reason: DisabledReason }).nullable(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.output<typeof Webhook>;

/** The only answer that holds the secret, by which the receiver checks the signatures. */
export const WebhookSecret = z.string().meta({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
export const WebhookWithSecret = z
  .object({ ...Webhook.shape, secret: WebhookSecret })
  .meta({ id: 'WebhookWithSecret' });

/** Whether the webhook wants to be told of events of this type. */
export const wants = ({ events }: Pick<Webhook, 'events'>, type: string): boolean =>
  events.includes(EVERY_EVENT) || events.includes(type);

export const webhookDisabled = ({ id, url }: Webhook, reason: DisabledReason) =>
  ({ type: 'webhook.disabled', payload: { webhookId: id, url, reason } }) as const;

import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

export const DeliveryStatus = z.enum(['pending', 'succeeded', 'failed']);

/** One event on its way to one webhook. */
export const Delivery = z
  .object({
    id: Id,
    webhookId: Id,
    eventId: Id.meta({ description: 'Sent as webhook-id: the same for every attempt and every redelivery' }),
    eventType: z.string().meta({ example: 'appointment.booked' }),
    sequence: z.int().meta({ description: 'Of the event in the clinic; 0 for a test' }),
    status: DeliveryStatus,
    attempts: z.int(),
    nextAttemptAt: Instant.nullable(),
    redeliveryOf: Id.nullable(),
    createdAt: Instant,
    completedAt: Instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type Delivery = z.output<typeof Delivery>;

/** What was answered, or why nothing was. */
export const Attempt = z
  .object({
    id: Id,
    attemptedAt: Instant,
    durationMs: z.int(),
    statusCode: z.int().nullable(),
    responseBody: z.string().nullable().meta({ description: 'Its beginning' }),
    error: z.string().nullable(),
  })
  .meta({ id: 'WebhookAttempt' });
export type Attempt = z.output<typeof Attempt>;

/** With what was sent, and all that came back. */
export const DeliveryLog = z
  .object({ ...Delivery.shape, requestBody: z.string(), attemptLog: z.array(Attempt) })
  .meta({ id: 'WebhookDeliveryLog' });
export type DeliveryLog = z.output<typeof DeliveryLog>;

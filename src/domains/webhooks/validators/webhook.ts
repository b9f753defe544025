import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { DeliveryStatus } from '../models/delivery.ts';
import { EVERY_EVENT, Webhook } from '../models/webhook.ts';

export const WebhookParams = z.object({ id: Id });
export const DeliveryParams = z.object({ id: Id, deliveryId: Id });

const { url, description, active } = Webhook.shape;
const MAX_URL_CHARACTERS = 2_000;

/** Types that the installation knows; `*` is every one. */
const eventsOf = (types: readonly string[]) =>
  z
    .array(z.enum([EVERY_EVENT, ...types]))
    .min(1)
    .max(100)
    .refine((events) => new Set(events).size === events.length, 'must not repeat an event')
    .meta({ example: ['appointment.booked', 'appointment.cancelled'] });

export const createWebhookValidators = (eventTypes: readonly string[]) => {
  const events = eventsOf(eventTypes);
  return {
    CreateWebhook: z.strictObject({
      url: url.max(MAX_URL_CHARACTERS),
      events,
      description: description.default(null),
      active: active.default(true),
    }),
    UpdateWebhook: z.strictObject({
      url: url.max(MAX_URL_CHARACTERS).optional(),
      events: events.optional(),
      description: description.optional(),
      active: active.optional(),
    }),
  };
};
export type WebhookValidators = ReturnType<typeof createWebhookValidators>;
export type CreateWebhook = z.output<WebhookValidators['CreateWebhook']>;
export type UpdateWebhook = z.output<WebhookValidators['UpdateWebhook']>;

export const ListWebhooks = PageQuery.extend({ active: z.stringbool().optional() });
export type ListWebhooks = z.output<typeof ListWebhooks>;

export const ListDeliveries = PageQuery.extend({
  status: DeliveryStatus.optional(),
  eventType: z.string().max(80).optional(),
});
export type ListDeliveries = z.output<typeof ListDeliveries>;

export const RedeliverRange = z
  .strictObject({ from: Instant, to: Instant })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be after from' })
  .meta({ example: { from: '2027-03-22T08:00:00.000Z', to: '2027-03-22T12:00:00.000Z' } });
export type RedeliverRange = z.output<typeof RedeliverRange>;

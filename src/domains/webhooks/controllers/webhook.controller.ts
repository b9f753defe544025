import type { Ctx } from '../../../shared/types/context.ts';
import type { DeliveryService } from '../services/delivery.service.ts';
import type { EventFeed } from '../services/event-feed.service.ts';
import type { WebhookService } from '../services/webhook.service.ts';
import type { ReadEvents } from '../validators/event-feed.ts';
import type {
  CreateWebhook,
  ListDeliveries,
  ListWebhooks,
  RedeliverRange,
  UpdateWebhook,
} from '../validators/webhook.ts';

type One = { params: { id: string } };
type OneDelivery = { params: { id: string; deliveryId: string } };
type Conditional = { ifMatch: number | undefined };

export const createWebhookController = (
  webhooks: WebhookService,
  deliveries: DeliveryService,
  feed: EventFeed,
) => ({
  create: (ctx: Ctx, { body }: { body: CreateWebhook }) => webhooks.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListWebhooks }) => webhooks.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => webhooks.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: One & Conditional & { body: UpdateWebhook }) =>
    webhooks.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: One & Conditional) => webhooks.remove(ctx, params.id, ifMatch),
  rotateSecret: (ctx: Ctx, { params, ifMatch }: One & Conditional) =>
    webhooks.rotateSecret(ctx, params.id, ifMatch),
  test: (ctx: Ctx, { params }: One) => deliveries.test(ctx, params.id),
  listDeliveries: (ctx: Ctx, { params, query }: One & { query: ListDeliveries }) =>
    deliveries.list(ctx, params.id, query),
  getDelivery: (ctx: Ctx, { params }: OneDelivery) => deliveries.get(ctx, params.id, params.deliveryId),
  redeliver: (ctx: Ctx, { params }: OneDelivery) => deliveries.redeliver(ctx, params.id, params.deliveryId),
  redeliverRange: (ctx: Ctx, { params, body }: One & { body: RedeliverRange }) =>
    deliveries.redeliverRange(ctx, params.id, body),
  readEvents: (ctx: Ctx, { query }: { query: ReadEvents }) => feed.read(ctx, query),
});
export type WebhookController = ReturnType<typeof createWebhookController>;

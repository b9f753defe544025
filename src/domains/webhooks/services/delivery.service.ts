import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Tracing } from '../../../shared/tracing/tracing.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Delivery, DeliveryLog } from '../models/delivery.ts';
import { bodyOf } from '../models/public-event.ts';
import { webhookProblems } from '../problems.ts';
import {
  findDelivery,
  insertDeliveries,
  listAttempts,
  listDeliveries,
  listMadeIn,
  type StoredDelivery,
} from '../repositories/delivery.repository.ts';
import { findWebhook, findWebhookToChange, makeDueNow } from '../repositories/webhook.repository.ts';
import type { ListDeliveries, RedeliverRange } from '../validators/webhook.ts';
import { deliveryOf } from './webhook-collector.ts';

export type DeliveryServiceDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  tracing: Pick<Tracing, 'traceparent'>;
  nudge: () => void;
};
export type DeliveryService = ReturnType<typeof createDeliveryService>;

const AT_ONCE = 200;

/** What a test carries. No event of the clinic has this type. */
const TEST_TYPE = 'webhook.test';

/** The log of what was sent, and the ways to send it again. */
export const createDeliveryService = ({ database, audit, clock, tracing, nudge }: DeliveryServiceDeps) => {
  const demandWebhook = async (db: Db, id: string) => {
    if (!(await findWebhook(db, id))) throw new AppError(webhookProblems.webhook_not_found);
  };
  const demandDelivery = async (db: Db, webhookId: string, id: string): Promise<StoredDelivery> => {
    const delivery = await findDelivery(db, webhookId, id);
    if (!delivery) throw new AppError(webhookProblems.delivery_not_found);
    return delivery;
  };

  /** In one transaction with the webhook, which must be switched on: nothing would be sent otherwise. */
  const sending = <T>(ctx: Ctx, webhookId: string, action: string, work: (tx: Tx) => Promise<T>) =>
    database.transaction(ctx, async (tx) => {
      const webhook = await findWebhookToChange(tx, webhookId);
      if (!webhook) throw new AppError(webhookProblems.webhook_not_found);
      const result = await work(tx);
      if (!webhook.active) throw new AppError(webhookProblems.webhook_inactive);
      await makeDueNow(tx, webhookId, clock.now());
      await audit.record(tx, ctx, {
        action: `webhook.${action}`,
        resourceType: 'webhook',
        resourceId: webhookId,
      });
      tx.afterCommit(nudge);
      return result;
    });

  const again = (delivery: StoredDelivery): StoredDelivery => {
    const { webhookId, eventId: id, eventType: type, sequence, body } = delivery;
    const sent = { body, now: clock.now(), traceparent: tracing.traceparent() };
    return { ...deliveryOf(webhookId, { id, type, sequence }, sent), redeliveryOf: delivery.id };
  };

  return {
    list: async (
      ctx: Ctx,
      webhookId: string,
      { cursor, ...query }: ListDeliveries,
    ): Promise<Page<Delivery>> => {
      const db = database.read(ctx.tenantId);
      await demandWebhook(db, webhookId);
      const before = decodeCursor(IdPosition, cursor)?.[0];
      return toPage(await listDeliveries(db, webhookId, { ...query, before }), query.limit, ({ id }) => [id]);
    },

    get: async (ctx: Ctx, webhookId: string, id: string): Promise<DeliveryLog> => {
      const db = database.read(ctx.tenantId);
      await demandWebhook(db, webhookId);
      const { body, ...delivery } = await demandDelivery(db, webhookId, id);
      return { ...delivery, requestBody: body, attemptLog: await listAttempts(db, id) };
    },

    /** Sends an event that means nothing, to see whether it arrives. */
    test: (ctx: Ctx, webhookId: string): Promise<Delivery> =>
      sending(ctx, webhookId, 'tested', async (tx) => {
        const [id, occurredAt] = [newId(), clock.now()];
        const event = { id, type: TEST_TYPE, version: 1, sequence: 0, occurredAt, data: {} };
        const body = bodyOf({ ...event, tenantId: ctx.tenantId, requestId: ctx.requestId });
        const delivery = deliveryOf(webhookId, event, {
          body,
          now: occurredAt,
          traceparent: tracing.traceparent(),
        });
        await insertDeliveries(tx, [delivery]);
        return delivery;
      }),

    redeliver: (ctx: Ctx, webhookId: string, id: string): Promise<Delivery> =>
      sending(ctx, webhookId, 'redelivered', async (tx) => {
        const delivery = again(await demandDelivery(tx, webhookId, id));
        await insertDeliveries(tx, [delivery]);
        return delivery;
      }),

    /** Everything that was sent, or could not be, in a span of time; in the order of the events. */
    redeliverRange: (
      ctx: Ctx,
      webhookId: string,
      { from, to }: RedeliverRange,
    ): Promise<{ queued: number }> =>
      sending(ctx, webhookId, 'redelivered', async (tx) => {
        let queued = 0;
        for (let after: string | undefined; ;) {
          const made = await listMadeIn(tx, webhookId, { from, to, after, limit: AT_ONCE });
          if (made.length > 0) await insertDeliveries(tx, made.map(again));
          queued += made.length;
          if (made.length < AT_ONCE) return { queued };
          after = made.at(-1)?.id;
        }
      }),
  };
};

import { createHash } from 'node:crypto';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { type NewPushSubscription, shownSubscription } from '../models/push-subscription.ts';
import { isPushService } from '../models/push-service.ts';
import { notificationProblems } from '../problems.ts';
import {
  deleteSubscription,
  findSubscriptionByEndpoint,
  insertSubscription,
  listSubscriptions,
} from '../repositories/push-subscription.repository.ts';

export type PushSubscriptionDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  config: { readonly notifications: { readonly pushHosts: readonly string[] } };
};
export type PushSubscriptionService = ReturnType<typeof createPushSubscriptionService>;

const { push_subscription_not_found, push_service_unknown } = notificationProblems;

/** The browsers in which a person is told of things. */
export const createPushSubscriptionService = ({ database, audit, clock, config }: PushSubscriptionDeps) => {
  const record = (tx: Tx, ctx: Ctx, id: string, action: string) =>
    audit.record(tx, ctx, {
      action: `push_subscription.${action}`,
      resourceType: 'push_subscription',
      resourceId: id,
    });

  return {
    /** A browser that is known already is the caller's from now on: whoever logged in there last is told there. */
    subscribe: (ctx: Ctx, { endpoint, keys }: NewPushSubscription) => {
      if (!isPushService(endpoint, config.notifications.pushHosts)) throw new AppError(push_service_unknown);
      return database.transaction(ctx, async (tx) => {
        const hash = createHash('sha256').update(endpoint).digest();
        const known = await findSubscriptionByEndpoint(tx, hash);
        const subscription = {
          id: known?.id ?? newId(),
          userId: ctx.userId,
          endpoint,
          ...keys,
          createdAt: known?.createdAt ?? clock.now(),
        };
        await insertSubscription(tx, subscription, hash);
        await record(tx, ctx, subscription.id, 'added');
        return shownSubscription(subscription);
      });
    },

    list: async (ctx: Ctx, { limit, cursor }: PageQuery) => {
      const after = decodeCursor(IdPosition, cursor)?.[0];
      const found = await listSubscriptions(database.read(ctx.tenantId), ctx.userId, { limit, after });
      const page = toPage(found, limit, ({ id }) => [id]);
      return { ...page, data: page.data.map(shownSubscription) };
    },

    unsubscribe: (ctx: Ctx, id: string): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        if (!(await deleteSubscription(tx, ctx.userId, id))) throw new AppError(push_subscription_not_found);
        await record(tx, ctx, id, 'removed');
      }),
  };
};

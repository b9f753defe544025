import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { decodeCursor, IdPosition, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Delivery } from '../models/delivery.ts';
import { notificationProblems } from '../problems.ts';
import {
  type DeliveryFilter,
  findDelivery,
  listDeliveries,
  sendAgain,
} from '../repositories/delivery.repository.ts';
import type { ListDeliveries } from '../validators/delivery.ts';

export type DeliveryDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  config: { readonly notifications: { readonly giveUpAfterMs: number } };
  nudge: () => void;
};
export type DeliveryService = ReturnType<typeof createDeliveryService>;

const { delivery_not_found, delivery_not_failed } = notificationProblems;

/** What was sent to whom, for administrators. */
export const createDeliveryService = ({ database, audit, clock, config, nudge }: DeliveryDeps) => ({
  list: async (ctx: Ctx, { limit, cursor, status, channel, kind }: ListDeliveries) => {
    const after = decodeCursor(IdPosition, cursor)?.[0];
    const filter: DeliveryFilter = { limit, after, status, channel, kind };
    const found = await listDeliveries(database.read(ctx.tenantId), filter);
    return toPage(found, limit, ({ id }) => [id]);
  },

  get: async (ctx: Ctx, id: string): Promise<Delivery> => {
    const delivery = await findDelivery(database.read(ctx.tenantId), id);
    if (!delivery) throw new AppError(delivery_not_found);
    return delivery;
  },

  /** Sends one that has failed again, with all the time that a new one has. Twice at once is once. */
  retry: (ctx: Ctx, id: string): Promise<Delivery> =>
    database.transaction(ctx, async (tx) => {
      const now = clock.now();
      const giveUpAt = new Date(now.getTime() + config.notifications.giveUpAfterMs);
      const isWaiting = await sendAgain(tx, id, { now, giveUpAt });
      const delivery = await findDelivery(tx, id);
      if (!delivery) throw new AppError(delivery_not_found);
      if (!isWaiting) throw new AppError(delivery_not_failed, `It is ${delivery.status}.`);
      await audit.record(tx, ctx, {
        action: 'notification_delivery.retried',
        resourceType: 'notification_delivery',
        resourceId: id,
      });
      tx.afterCommit(nudge);
      return delivery;
    }),
});

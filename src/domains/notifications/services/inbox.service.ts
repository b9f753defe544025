import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { decodeCursor, IdPosition, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Notification } from '../models/notification.ts';
import { notificationProblems } from '../problems.ts';
import {
  findNotification,
  listNotifications,
  markAllRead,
  markRead,
} from '../repositories/notification.repository.ts';
import type { ListNotifications } from '../validators/notification.ts';

export type InboxDeps = { database: Database; clock: Clock };
export type InboxService = ReturnType<typeof createInboxService>;

/** What a person is told inside the product, and what they have read of it. */
export const createInboxService = ({ database, clock }: InboxDeps) => ({
  list: async (ctx: Ctx, { limit, cursor, unread }: ListNotifications) => {
    const after = decodeCursor(IdPosition, cursor)?.[0];
    const found = await listNotifications(database.read(ctx.tenantId), ctx.userId, { limit, after, unread });
    return toPage(found, limit, ({ id }) => [id]);
  },

  read: (ctx: Ctx, id: string): Promise<Notification> =>
    database.transaction(ctx, async (tx) => {
      await markRead(tx, ctx.userId, id, clock.now());
      const notification = await findNotification(tx, ctx.userId, id);
      if (!notification) throw new AppError(notificationProblems.notification_not_found);
      return notification;
    }),

  readAll: (ctx: Ctx): Promise<{ read: number }> =>
    database.transaction(ctx, async (tx) => ({ read: await markAllRead(tx, ctx.userId, clock.now()) })),
});

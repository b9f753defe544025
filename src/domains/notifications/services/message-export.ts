import type { Database, Db } from '../../../database/db.ts';
import type { ExportSource } from '../../patients/index.ts';
import type { Notification } from '../models/notification.ts';
import { listNotifications } from '../repositories/notification.repository.ts';
import { findPreferences } from '../repositories/preference.repository.ts';

const AT_ONCE = 100;

async function* everyNotification(db: Db, userId: string): AsyncGenerator<Notification> {
  let after: string | undefined;
  for (;;) {
    const rows = await listNotifications(db, userId, { limit: AT_ONCE, after, unread: undefined });
    yield* rows.slice(0, AT_ONCE);
    if (rows.length <= AT_ONCE) return;
    after = rows[AT_ONCE - 1]?.id;
  }
}

/** What a patient was told inside the product, and what they want to be told, for an export. */
export const createMessageExport =
  ({ database }: { database: Database }): ExportSource =>
  async (tx, ctx, { userId }) =>
    userId === null
      ? {}
      : {
          fields: {
            notifications: everyNotification(database.read(ctx.tenantId), userId),
            notificationPreferences: (await findPreferences(tx, userId))?.settings ?? null,
          },
        };

import type { Database, Db } from '../../../database/db.ts';
import type { ExportSource } from '../../patients/index.ts';
import { listNotifications } from '../repositories/notification.repository.ts';
import { findPreferences } from '../repositories/preference.repository.ts';

const AT_ONCE = 100;

/** What notifications know of a user, for an export: in pages, since it may be much. */
export type MessagesOfUsers = {
  preferencesOf(db: Db, userId: string): Promise<unknown>;
  /** The newest first, those behind `after`. */
  notificationsOf(
    tenantId: string,
    userId: string,
    after: string | undefined,
  ): Promise<readonly { readonly id: string }[]>;
};

export const messagesOfUsers = ({ database }: { database: Database }): MessagesOfUsers => ({
  preferencesOf: async (db, userId) => (await findPreferences(db, userId))?.settings ?? null,
  notificationsOf: async (tenantId, userId, after) => {
    const page = { limit: AT_ONCE, after, unread: undefined };
    return (await listNotifications(database.read(tenantId), userId, page)).slice(0, AT_ONCE);
  },
});

async function* everyNotification(
  { notificationsOf }: MessagesOfUsers,
  tenantId: string,
  userId: string,
): AsyncGenerator {
  let after: string | undefined;
  for (;;) {
    const page = await notificationsOf(tenantId, userId, after);
    yield* page;
    if (page.length < AT_ONCE) return;
    after = page.at(-1)?.id;
  }
}

/** What a patient was told inside the product, and what they want to be told, for an export. */
export const messageExport =
  (messages: MessagesOfUsers): ExportSource =>
  async (tx, { tenantId }, { userId }) =>
    userId === null
      ? {}
      : {
          fields: {
            notifications: everyNotification(messages, tenantId, userId),
            notificationPreferences: await messages.preferencesOf(tx, userId),
          },
        };

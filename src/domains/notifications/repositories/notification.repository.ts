import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { Notification } from '../models/notification.ts';

type NotificationRow = Omit<Notification, 'appointmentId'> & {
  readonly refersTo: { readonly appointmentId?: string };
};

const columns = sql`id, kind, title, body, refers_to AS refersTo, read_at AS readAt, created_at AS createdAt`;

const toNotification = ({ refersTo, ...row }: NotificationRow): Notification => ({
  ...row,
  appointmentId: refersTo.appointmentId ?? null,
});

export type NotificationFilter = {
  readonly limit: number;
  readonly after: string | undefined;
  readonly unread: boolean | undefined;
};

/** A person's own, newest first, one row more than `limit`. */
export const listNotifications = async (
  db: Db,
  userId: string,
  { limit, after, unread }: NotificationFilter,
): Promise<Notification[]> =>
  (
    await db.many<NotificationRow>(sql`
      SELECT ${columns} FROM notifications
      WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} ${and(
        after === undefined ? undefined : sql`id < ${bin(after)}`,
        unread === undefined ? undefined : unread ? sql`read_at IS NULL` : sql`read_at IS NOT NULL`,
      )}
      ORDER BY id DESC LIMIT ${count(limit + 1)}`)
  ).map(toNotification);

export const findNotification = async (
  db: Db,
  userId: string,
  id: string,
): Promise<Notification | undefined> => {
  const row = await db.one<NotificationRow>(sql`
    SELECT ${columns} FROM notifications
    WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} AND id = ${bin(id)}`);
  return row && toNotification(row);
};

export const insertNotification = (
  tx: Tx,
  n: Notification & { readonly userId: string; readonly eventId: string },
): void => {
  tx.later(sql`
    INSERT INTO notifications (tenant_id, id, user_id, event_id, kind, title, body, refers_to, created_at)
    VALUES (${tx.tenant}, ${bin(n.id)}, ${bin(n.userId)}, ${bin(n.eventId)}, ${n.kind}, ${n.title}, ${n.body},
      ${JSON.stringify(n.appointmentId === null ? {} : { appointmentId: n.appointmentId })}, ${n.createdAt})`);
};

/** The first time counts: reading again changes nothing. */
export const markRead = (tx: Tx, userId: string, id: string, now: Date) =>
  tx.run(sql`
    UPDATE notifications SET read_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)} AND id = ${bin(id)} AND read_at IS NULL`);

/** Those that are there now; what comes later stays unread. */
export const markAllRead = async (tx: Tx, userId: string, now: Date): Promise<number> =>
  (
    await tx.run(sql`
      UPDATE notifications SET read_at = ${now}
      WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)} AND read_at IS NULL`)
  ).affectedRows;

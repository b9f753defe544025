import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { CalendarFeed } from '../models/calendar-feed.ts';

const columns = sql`id, user_id AS userId, scope, doctor_id AS doctorId, created_at AS createdAt,
  last_used_at AS lastUsedAt`;

export const findFeed = (db: Db, userId: string, id: string) =>
  db.one<CalendarFeed>(sql`
    SELECT ${columns} FROM calendar_feeds
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND user_id = ${bin(userId)}`);

export const findFeedBySecret = (db: Db, secretHash: Buffer) =>
  db.one<CalendarFeed>(sql`
    SELECT ${columns} FROM calendar_feeds WHERE tenant_id = ${db.tenant} AND secret_hash = ${secretHash}`);

/** Of one user, in the order of creation, one row more than `limit`. */
export const listFeeds = (
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: string | undefined },
) =>
  db.many<CalendarFeed>(sql`
    SELECT ${columns} FROM calendar_feeds
    WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)}
      ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit + 1)}`);

export const insertFeed = (tx: Tx, f: CalendarFeed, secretHash: Buffer) =>
  tx.run(sql`
    INSERT INTO calendar_feeds (tenant_id, id, user_id, scope, doctor_id, secret_hash, created_at, last_used_at)
    VALUES (${tx.tenant}, ${bin(f.id)}, ${bin(f.userId)}, ${f.scope}, ${bin(f.doctorId)}, ${secretHash},
      ${f.createdAt}, ${f.lastUsedAt})`);

/** A feed that is revoked leaves no trace but in the audit trail: nothing refers to it. */
export const deleteFeed = async (tx: Tx, userId: string, id: string): Promise<boolean> => {
  const { affectedRows } = await tx.run(sql`
    DELETE FROM calendar_feeds
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND user_id = ${bin(userId)}`);
  return affectedRows > 0;
};

/** Of several readers in one minute, one writes. */
export const touchFeed = (tx: Tx, id: string, now: Date, unlessSince: Date) =>
  tx.run(sql`
    UPDATE calendar_feeds SET last_used_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}
      AND (last_used_at IS NULL OR last_used_at < ${unlessSince})`);

import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql, type Sql } from '../../../database/sql.ts';
import type { MaintenanceNotice } from '../models/maintenance-notice.ts';

const columns = sql`id, message, starts_at AS startsAt, ends_at AS endsAt, withdrawn_at AS withdrawnAt,
  created_at AS createdAt`;

const findWith = (db: Db, id: string, lock: Sql) =>
  db.one<MaintenanceNotice>(sql`
    SELECT ${columns} FROM maintenance_notices WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} ${lock}`);

export const findNotice = (db: Db, id: string) => findWith(db, id, sql``);
export const findNoticeToChange = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE`);

type NoticeFilter = {
  readonly limit: number;
  readonly before: string | undefined;
  /** Only those that still hold then. */
  readonly holdingAt?: Date;
};

/** The newest first, one row more than `limit`. */
export const listNotices = (db: Db, { limit, before, holdingAt }: NoticeFilter) =>
  db.many<MaintenanceNotice>(sql`
    SELECT ${columns} FROM maintenance_notices
    WHERE tenant_id = ${db.tenant} ${and(
      before === undefined ? undefined : sql`id < ${bin(before)}`,
      holdingAt && sql`withdrawn_at IS NULL AND ends_at > ${holdingAt}`,
    )}
    ORDER BY id DESC LIMIT ${count(limit + 1)}`);

/** Nobody is told yet but those up to `toldUntil`. */
export const insertNotice = (tx: Tx, n: MaintenanceNotice, toldUntil: string) =>
  tx.run(sql`
    INSERT INTO maintenance_notices (tenant_id, id, message, starts_at, ends_at, told_until, created_at)
    VALUES (${tx.tenant}, ${bin(n.id)}, ${n.message}, ${n.startsAt}, ${n.endsAt}, ${bin(toldUntil)},
      ${n.createdAt})`);

export const withdrawNotice = (tx: Tx, id: string, at: Date, toldUntil: string) =>
  tx.run(sql`
    UPDATE maintenance_notices SET withdrawn_at = ${at}, told_until = ${bin(toldUntil)}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** One of which somebody is still to be told, and that no other process tells of at this moment; locked. */
export const findNoticeToTell = (tx: Tx) =>
  tx.one<MaintenanceNotice & { readonly toldUntil: string }>(sql`
    SELECT ${columns}, told_until AS toldUntil FROM maintenance_notices
    WHERE tenant_id = ${tx.tenant} AND told_until IS NOT NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`);

/** `null`: everybody was. */
export const setToldUntil = (tx: Tx, id: string, tenantId: string | null) =>
  tx.run(sql`
    UPDATE maintenance_notices SET told_until = ${bin(tenantId)}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

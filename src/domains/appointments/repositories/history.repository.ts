import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { HistoryEntry } from '../models/history.ts';

export const insertHistory = (tx: Tx, appointmentId: string, h: HistoryEntry): void => {
  tx.later(sql`
    INSERT INTO appointment_history (tenant_id, id, appointment_id, occurred_at, actor_id, action, from_status,
      to_status, from_starts_at, to_starts_at, reason)
    VALUES (${tx.tenant}, ${bin(h.id)}, ${bin(appointmentId)}, ${h.occurredAt}, ${bin(h.actorId)}, ${h.action},
      ${h.fromStatus}, ${h.toStatus}, ${h.fromStartsAt}, ${h.toStartsAt}, ${h.reason})`);
};

/** Oldest first, one row more than `limit`. */
export const listHistory = (
  db: Db,
  appointmentId: string,
  { limit, after }: { limit: number; after: string | undefined },
) =>
  db.many<HistoryEntry>(sql`
    SELECT id, occurred_at AS occurredAt, actor_id AS actorId, action, from_status AS fromStatus,
      to_status AS toStatus, from_starts_at AS fromStartsAt, to_starts_at AS toStartsAt, reason
    FROM appointment_history
    WHERE tenant_id = ${db.tenant} AND appointment_id = ${bin(appointmentId)}
      ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit + 1)}`);

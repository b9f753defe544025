import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { and, bin, list, sql } from '../../../database/sql.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { GroupVisit } from '../models/group-visit.ts';

type GroupStart = Omit<GroupVisit, 'id' | 'seatsTaken'>;

/** `except` is an appointment whose seat does not count, because it is about to move. */
type Counting = { readonly now: Date; readonly except?: string | undefined };

const columns = (
  db: Db,
  { now, except }: Counting,
) => sql`g.id, g.doctor_id AS doctorId, g.service_id AS serviceId,
  g.room_id AS roomId, g.starts_at AS startsAt,
  (SELECT COUNT(*) FROM appointments a WHERE a.tenant_id = ${db.tenant} AND a.group_id = g.id
    ${and(except === undefined ? undefined : sql`a.id <> ${bin(except)}`)})
  + (SELECT COUNT(*) FROM holds h WHERE h.tenant_id = ${db.tenant} AND h.group_id = g.id AND h.expires_at > ${now})
    AS seatsTaken`;

/** The starts of group visits that may touch `window` (epoch milliseconds). */
export const startsTouching = ({ start, end }: Interval) =>
  sql`starts_at BETWEEN ${new Date(start - DAY_MS)} AND ${new Date(end)}`;

/** Group visits of the doctors that may touch `window` (epoch milliseconds). */
export const listGroups = (db: Db, doctorIds: readonly string[], window: Interval, counting: Counting) =>
  db.many<GroupVisit>(sql`
    SELECT ${columns(db, counting)} FROM group_visits g
    WHERE g.tenant_id = ${db.tenant} AND g.doctor_id IN ${list(doctorIds.map((id) => bin(id)))}
      AND g.${startsTouching(window)}`);

/** Locked, so that seats are counted and taken one after the other. */
export const findGroupToJoin = async (tx: Tx, start: GroupStart, counting: Counting) => {
  const isThatStart = sql`g.tenant_id = ${tx.tenant} AND g.doctor_id = ${bin(start.doctorId)}
    AND g.service_id = ${bin(start.serviceId)} AND g.starts_at = ${start.startsAt}`;
  await tx.one(sql`SELECT g.id FROM group_visits g WHERE ${isThatStart} FOR UPDATE`);
  return tx.one<GroupVisit>(sql`SELECT ${columns(tx, counting)} FROM group_visits g WHERE ${isThatStart}`);
};

/** Whether the group was made; not, if another transaction has just made it. */
export const insertGroup = async (tx: Tx, id: string, g: GroupStart): Promise<boolean> => {
  try {
    await tx.run(sql`
      INSERT INTO group_visits (tenant_id, id, doctor_id, service_id, room_id, starts_at)
      VALUES (${tx.tenant}, ${bin(id)}, ${bin(g.doctorId)}, ${bin(g.serviceId)}, ${bin(g.roomId)}, ${g.startsAt})`);
    return true;
  } catch (error) {
    if (duplicateKeyOf(error) === 'uq_group_visits_start') return false;
    throw error;
  }
};

/** Locked before its seats are counted: nobody takes one while the group is dissolved. */
export const countSeats = async (tx: Tx, groupId: string): Promise<number> => {
  const isIt = sql`tenant_id = ${tx.tenant} AND id = ${bin(groupId)}`;
  await tx.one(sql`SELECT id FROM group_visits WHERE ${isIt} FOR UPDATE`);
  const row = await tx.one<{ seats: number }>(sql`
    SELECT (SELECT COUNT(*) FROM appointments WHERE tenant_id = ${tx.tenant} AND group_id = ${bin(groupId)})
      + (SELECT COUNT(*) FROM holds WHERE tenant_id = ${tx.tenant} AND group_id = ${bin(groupId)}) AS seats`);
  return row?.seats ?? 0;
};

export const deleteGroup = (tx: Tx, groupId: string) =>
  tx.run(sql`DELETE FROM group_visits WHERE tenant_id = ${tx.tenant} AND id = ${bin(groupId)}`);

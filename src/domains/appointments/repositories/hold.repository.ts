import type { SystemDb, Tx } from '../../../database/db.ts';
import { bin, count, sql, type Sql } from '../../../database/sql.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Hold } from '../models/hold.ts';

const columns = sql`id, user_id AS userId, doctor_id AS doctorId, service_id AS serviceId, patient_id AS patientId,
  group_id AS groupId, starts_at AS startsAt, ends_at AS endsAt, expires_at AS expiresAt`;

/** Locked, so that of two bookings one uses it and the other does not find it. */
export const findHoldToUse = (tx: Tx, id: string) =>
  tx.one<Hold>(
    sql`SELECT ${columns} FROM holds WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`,
  );

export const insertHold = (tx: Tx, h: Hold) =>
  tx.run(sql`
    INSERT INTO holds (tenant_id, id, user_id, doctor_id, service_id, patient_id, group_id, starts_at, ends_at, expires_at)
    VALUES (${tx.tenant}, ${bin(h.id)}, ${bin(h.userId)}, ${bin(h.doctorId)}, ${bin(h.serviceId)}, ${bin(h.patientId)},
      ${bin(h.groupId)}, ${h.startsAt}, ${h.endsAt}, ${h.expiresAt})`);

export const deleteHold = (tx: Tx, id: string) =>
  tx.run(sql`DELETE FROM holds WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** A hold begins at most a day before the time that it may touch. */
const startsNear = ({ start, end }: Interval): Sql =>
  sql`starts_at BETWEEN ${new Date(start - DAY_MS)} AND ${new Date(end)}`;

/** Gives up the seat in a group visit. */
export const leaveGroup = (tx: Tx, id: string) =>
  tx.run(sql`UPDATE holds SET group_id = NULL WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/**
 * Expired holds near `window` (epoch milliseconds) of a doctor or a patient that still take time, except those that
 * somebody is using just now.
 */
export const listExpiredHolds = async (
  tx: Tx,
  { doctorId, patientId }: { doctorId: string; patientId: string | null },
  window: Interval,
  now: Date,
): Promise<Hold[]> => {
  const near = (owner: Sql) =>
    tx.many<Hold>(sql`
      SELECT ${columns} FROM holds
      WHERE tenant_id = ${tx.tenant} AND ${owner} AND ${startsNear(window)} AND expires_at <= ${now}
        AND (group_id IS NOT NULL OR EXISTS (SELECT 1 FROM calendar_claims c
          WHERE c.tenant_id = ${tx.tenant} AND c.holder_id = holds.id))
      FOR UPDATE SKIP LOCKED`);
  const ofDoctor = await near(sql`doctor_id = ${bin(doctorId)}`);
  const ofPatient = patientId === null ? [] : await near(sql`patient_id = ${bin(patientId)}`);
  return [...ofDoctor, ...ofPatient.filter(({ id }) => !ofDoctor.some((hold) => hold.id === id))];
};

/** Holds of all tenants that have expired by `now` without anybody having been told, the longest expired first. */
export const listUnannouncedHolds = (db: SystemDb, now: Date, limit: number) =>
  db.many<{ tenantId: string; id: string }>(sql`
    SELECT tenant_id AS tenantId, id FROM holds
    WHERE expiry_announced = 0 AND expires_at <= ${now} ORDER BY expires_at LIMIT ${count(limit)}`);

/** Locked, and not found where it has been announced, or somebody is using or announcing it just now. */
export const findHoldToAnnounce = (tx: Tx, id: string) =>
  tx.one<Hold>(sql`
    SELECT ${columns} FROM holds
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND expiry_announced = 0 FOR UPDATE SKIP LOCKED`);

export const markExpiryAnnounced = (tx: Tx, id: string) =>
  tx.run(sql`UPDATE holds SET expiry_announced = 1 WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

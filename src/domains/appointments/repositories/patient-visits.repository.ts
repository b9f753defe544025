import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, list, sql } from '../../../database/sql.ts';
import type { TimelineEntry, TimelinePage, Upcoming } from '../../patients/index.ts';
import { activeStatuses } from '../models/status.ts';

export const isTreating = async (db: Db, doctorId: string, patientId: string): Promise<boolean> =>
  (await db.one(sql`
    SELECT id FROM appointments
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND doctor_id = ${bin(doctorId)}
      AND status <> 'cancelled' AND deleted_at IS NULL LIMIT 1`)) !== undefined;

/** Ids of the patients who have, or had, an appointment with the doctor that was not cancelled, ascending. */
export const listTreatedPatientIds = async (
  db: Db,
  doctorId: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<string[]> => {
  const found = await db.many<{ patientId: string }>(sql`
    SELECT DISTINCT patient_id AS patientId FROM appointments
    WHERE tenant_id = ${db.tenant} AND doctor_id = ${bin(doctorId)} AND status <> 'cancelled' AND deleted_at IS NULL
      ${and(after === undefined ? undefined : sql`patient_id > ${bin(after)}`)}
    ORDER BY patient_id LIMIT ${count(limit)}`);
  return found.map(({ patientId }) => patientId);
};

/** Visits that have not ended and are not settled, by start. */
export const listUpcomingOfPatient = (db: Db, patientId: string, now: Date) =>
  db.many<Upcoming>(sql`
    SELECT id, starts_at AS startsAt, ends_at AS endsAt FROM appointments
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND ends_at > ${now} AND deleted_at IS NULL
      AND status IN ${list(activeStatuses)}
    ORDER BY starts_at, id`);

/** The latest start first, one row more than `limit`. */
export const listTimeline = async (
  db: Db,
  patientId: string,
  { before, limit }: TimelinePage,
): Promise<TimelineEntry[]> => {
  const until = before && ([new Date(before[0]), bin(before[1])] as const);
  const found = await db.many<
    Pick<TimelineEntry, 'id' | 'occurredAt' | 'action' | 'doctorId' | 'serviceId'>
  >(sql`
    SELECT id, starts_at AS occurredAt, status AS action, doctor_id AS doctorId, service_id AS serviceId
    FROM appointments
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND deleted_at IS NULL ${and(
      until && sql`(starts_at < ${until[0]} OR (starts_at = ${until[0]} AND id < ${until[1]}))`,
    )}
    ORDER BY starts_at DESC, id DESC LIMIT ${count(limit + 1)}`);
  return found.map((row) => ({ ...row, kind: 'appointment', actorId: null, fields: [] }));
};

type Pair = { readonly from: string; readonly to: string };

/**
 * Gives the patient's time to another record. Holds give it up: who holds takes it when they book. Time of the past that
 * both had stays with the one who keeps the record.
 */
export const moveClaims = async (tx: Tx, { from, to }: Pair): Promise<void> => {
  await tx.run(sql`
    DELETE FROM calendar_claims
    WHERE tenant_id = ${tx.tenant} AND calendar_id IN ${list([bin(from), bin(to)])} AND expires_at IS NOT NULL`);
  await tx.run(sql`
    DELETE theirs FROM calendar_claims theirs
      JOIN calendar_claims ours ON ours.tenant_id = theirs.tenant_id AND ours.slot = theirs.slot
        AND ours.calendar_id = ${bin(to)}
    WHERE theirs.tenant_id = ${tx.tenant} AND theirs.calendar_id = ${bin(from)}`);
  await tx.run(sql`
    UPDATE calendar_claims SET calendar_id = ${bin(to)}
    WHERE tenant_id = ${tx.tenant} AND calendar_id = ${bin(from)}`);
};

/** Everything that names the patient names the other one. */
export const moveVisits = async (tx: Tx, { from, to }: Pair, now: Date): Promise<void> => {
  await tx.run(sql`
    UPDATE appointments SET patient_id = ${bin(to)}, version = version + 1, updated_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)}`);
  await tx.run(sql`
    UPDATE appointment_series SET patient_id = ${bin(to)}
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)}`);
  await tx.run(sql`
    UPDATE holds SET patient_id = ${bin(to)} WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)}`);
  await tx.run(sql`
    UPDATE waitlist_entries SET patient_id = ${bin(to)}, version = version + 1, updated_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)}`);
};

export const listOpenEntryIds = async (tx: Tx, patientId: string): Promise<string[]> => {
  const found = await tx.many<{ id: string }>(sql`
    SELECT id FROM waitlist_entries
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)} AND status IN ('waiting', 'offered')`);
  return found.map(({ id }) => id);
};

/** Takes people's own words from visits that ended before `keptSince`. Of how many visits. */
export const forgetWords = async (tx: Tx, patientId: string, keptSince: Date): Promise<number> => {
  const old = sql`a.tenant_id = ${tx.tenant} AND a.patient_id = ${bin(patientId)} AND a.ends_at < ${keptSince}`;
  await tx.run(sql`
    UPDATE appointment_cancellations c JOIN appointments a ON a.tenant_id = c.tenant_id AND a.id = c.appointment_id
    SET c.reason = NULL WHERE ${old}`);
  await tx.run(sql`
    UPDATE appointment_history h JOIN appointments a ON a.tenant_id = h.tenant_id AND a.id = h.appointment_id
    SET h.reason = NULL WHERE ${old}`);
  const { affectedRows } = await tx.run(sql`
    UPDATE appointments a SET a.reason = NULL, a.notes = NULL, a.override_reason = NULL WHERE ${old}`);
  return affectedRows;
};

/** When the last visit of all ended, or is to end. */
export const findLastEnd = async (db: Db, patientId: string): Promise<Date | null> =>
  (
    await db.one<{ lastEnd: Date | null }>(sql`
      SELECT MAX(ends_at) AS lastEnd FROM appointments
      WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)}`)
  )?.lastEnd ?? null;

/** How many visits ended at `keptSince` or later, and when the last of all ended that took place or is to. */
export const countKept = async (tx: Tx, patientId: string, keptSince: Date) => {
  const row = await tx.one<{ kept: number | string; lastEnd: Date | null }>(sql`
    SELECT COALESCE(SUM(ends_at >= ${keptSince}), 0) AS kept, MAX(ends_at) AS lastEnd FROM appointments
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)}`);
  return { kept: Number(row?.kept ?? 0), lastEnd: row?.lastEnd ?? null };
};

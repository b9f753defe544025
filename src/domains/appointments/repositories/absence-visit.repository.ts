import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { and, bin, count, rows, sql } from '../../../database/sql.ts';
import type { AbsenceVisit } from '../models/absence.ts';

const columns = sql`v.absence_id AS absenceId, v.appointment_id AS appointmentId, v.action,
  v.wanted_doctor_id AS wantedDoctorId, v.wanted_starts_at AS wantedStartsAt, v.decided_by AS decidedBy,
  v.decided_as AS decidedAs, v.own_calendar_only AS ownCalendarOnly,
  v.request_id AS requestId, v.outcome, v.code, v.new_doctor_id AS doctorId,
  v.new_starts_at AS startsAt`;

export const insertAbsenceVisits = async (
  tx: Tx,
  absenceId: string,
  appointmentIds: readonly string[],
): Promise<void> => {
  if (appointmentIds.length === 0) return;
  const tuples = appointmentIds.map((id) => [tx.tenant, bin(absenceId), bin(id)]);
  await tx.run(sql`
    INSERT INTO absence_visits (tenant_id, absence_id, appointment_id) VALUES ${rows(tuples)}`);
};

/** Every visit that the absence affects, in the order in which they start now. */
export const listAbsenceVisits = (db: Db, absenceId: string) =>
  db.many<AbsenceVisit>(sql`
    SELECT ${columns} FROM absence_visits v
    JOIN appointments a ON a.tenant_id = v.tenant_id AND a.id = v.appointment_id
    WHERE v.tenant_id = ${db.tenant} AND v.absence_id = ${bin(absenceId)}
    ORDER BY a.starts_at, a.id`);

export const findAbsenceVisit = (db: Db, { absenceId, appointmentId }: VisitKey) =>
  db.one<AbsenceVisit>(sql`
    SELECT ${columns} FROM absence_visits v
    WHERE v.tenant_id = ${db.tenant} AND v.absence_id = ${bin(absenceId)} AND v.appointment_id = ${bin(appointmentId)}`);

/** One that is decided and not done yet; locked, and not found where somebody is doing it just now. */
export const findDueVisit = (tx: Tx, { absenceId, appointmentId }: VisitKey) =>
  tx.one<AbsenceVisit>(sql`
    SELECT ${columns} FROM absence_visits v
    WHERE v.tenant_id = ${tx.tenant} AND v.absence_id = ${bin(absenceId)} AND v.appointment_id = ${bin(appointmentId)}
      AND v.due = 1 FOR UPDATE SKIP LOCKED`);

export type VisitKey = Pick<AbsenceVisit, 'absenceId' | 'appointmentId'>;
type Decided = Pick<
  AbsenceVisit,
  'action' | 'wantedDoctorId' | 'wantedStartsAt' | 'decidedBy' | 'decidedAs' | 'ownCalendarOnly' | 'requestId'
>;

/** Whatever was decided before, and could not be done, is forgotten. */
export const updateDecision = (tx: Tx, { absenceId, appointmentId }: VisitKey, d: Decided) =>
  tx.run(sql`
    UPDATE absence_visits SET action = ${d.action}, wanted_doctor_id = ${bin(d.wantedDoctorId)},
      wanted_starts_at = ${d.wantedStartsAt}, decided_by = ${bin(d.decidedBy)}, decided_as = ${d.decidedAs},
      own_calendar_only = ${d.ownCalendarOnly},
      request_id = ${d.requestId}, outcome = NULL, code = NULL
    WHERE tenant_id = ${tx.tenant} AND absence_id = ${bin(absenceId)} AND appointment_id = ${bin(appointmentId)}`);

export type VisitResult = Pick<AbsenceVisit, 'outcome' | 'code' | 'doctorId' | 'startsAt'>;

export const updateResult = (tx: Tx, { absenceId, appointmentId }: VisitKey, r: VisitResult) =>
  tx.run(sql`
    UPDATE absence_visits SET outcome = ${r.outcome}, code = ${r.code}, new_doctor_id = ${bin(r.doctorId)},
      new_starts_at = ${r.startsAt}
    WHERE tenant_id = ${tx.tenant} AND absence_id = ${bin(absenceId)} AND appointment_id = ${bin(appointmentId)}`);

export type DueVisit = VisitKey & { readonly tenantId: string };

/** What is decided and not done yet, of all tenants or of one absence: those with a time of their own first, then by start. */
export const listDueVisits = (
  db: SystemDb,
  { tenantId, absenceId }: { readonly tenantId?: Buffer; readonly absenceId?: string },
  limit: number,
) =>
  db.many<DueVisit>(sql`
    SELECT v.tenant_id AS tenantId, v.absence_id AS absenceId, v.appointment_id AS appointmentId
    FROM absence_visits v
    JOIN appointments a ON a.tenant_id = v.tenant_id AND a.id = v.appointment_id
    WHERE v.due = 1 ${and(
      tenantId && sql`v.tenant_id = ${tenantId}`,
      absenceId === undefined ? undefined : sql`v.absence_id = ${bin(absenceId)}`,
    )}
    ORDER BY v.wanted_starts_at IS NULL, a.starts_at, a.id LIMIT ${count(limit)}`);

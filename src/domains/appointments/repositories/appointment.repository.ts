import type { Db, Tx } from '../../../database/db.ts';
import { missingParentOf } from '../../../database/failures.ts';
import { gathered } from '../../../database/gathered-read.ts';
import { paddedList } from '../../../database/padded-list.ts';
import { and, bin, count, list, sql, type Sql } from '../../../database/sql.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import { AppError, type Problem } from '../../../shared/utils/errors.ts';
import { type AffectedAppointment, doctorProblems, type UpcomingVisits } from '../../doctors/index.ts';
import { patientProblems } from '../../patients/index.ts';
import type { Appointment } from '../models/appointment.ts';
import { activeStatuses } from '../models/status.ts';
import type { ListAppointments } from '../validators/appointment.ts';

type AppointmentRow = Omit<Appointment, 'cancellation' | 'series'> & {
  seriesId: string | null;
  seriesIndex: number | null;
  cancelledBy: string | null;
  cancelledAt: Date | null;
  cancellationReason: string | null;
};

const columns = sql`a.id, a.doctor_id AS doctorId, a.patient_id AS patientId, a.service_id AS serviceId,
  a.location_id AS locationId, a.room_id AS roomId, a.group_id AS groupId, a.starts_at AS startsAt, a.ends_at AS endsAt, a.timezone,
  a.local_start AS localStart, a.status, a.reason, a.notes,
  a.override_reason AS overrideReason, a.attendance_confirmed_at AS attendanceConfirmedAt, a.series_id AS seriesId, a.series_index AS seriesIndex, a.version,
  a.created_at AS createdAt, a.updated_at AS updatedAt, c.cancelled_by AS cancelledBy, c.cancelled_at AS cancelledAt,
  c.reason AS cancellationReason`;

const table = sql`appointments a
  LEFT JOIN appointment_cancellations c ON c.tenant_id = a.tenant_id AND c.appointment_id = a.id`;

const toAppointment = ({
  cancelledBy,
  cancelledAt,
  cancellationReason,
  seriesId,
  seriesIndex,
  ...row
}: AppointmentRow): Appointment => ({
  ...row,
  series: seriesId !== null && seriesIndex !== null ? { id: seriesId, index: seriesIndex } : null,
  cancellation: cancelledAt ? { cancelledBy, cancelledAt, reason: cancellationReason } : null,
});

const readAppointments = async (db: Db, ids: readonly string[]) => {
  const found = await db.many<AppointmentRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE a.tenant_id = ${db.tenant} AND a.id IN (${paddedList(ids.map((id) => bin(id)))}) AND a.deleted_at IS NULL`);
  return new Map(found.map((row) => [row.id, toAppointment(row)]));
};

const gatherAppointments = gathered(readAppointments);

export const findAppointment = (db: Db, id: string): Promise<Appointment | undefined> =>
  gatherAppointments(db, id);

/** Locked until the end of the transaction: of two changes, the second sees what the first has done. */
export const findAppointmentToChange = async (tx: Tx, id: string): Promise<Appointment | undefined> => {
  await tx.one(
    sql`SELECT id FROM appointments WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`,
  );
  return findAppointment(tx, id);
};

/** Every appointment of a series, by start. */
export const listAppointmentsOfSeries = async (db: Db, seriesId: string): Promise<Appointment[]> => {
  const found = await db.many<AppointmentRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE a.tenant_id = ${db.tenant} AND a.series_id = ${bin(seriesId)} AND a.deleted_at IS NULL
    ORDER BY a.starts_at, a.id`);
  return found.map(toAppointment);
};

/** {@link listAppointmentsOfSeries}, locked until the end of the transaction. */
export const listAppointmentsToChange = async (tx: Tx, seriesId: string): Promise<Appointment[]> => {
  await tx.many(sql`
    SELECT id FROM appointments WHERE tenant_id = ${tx.tenant} AND series_id = ${bin(seriesId)} FOR UPDATE`);
  return listAppointmentsOfSeries(tx, seriesId);
};

/** Whose appointments the caller may see; neither: everybody's. */
export type Reach = {
  readonly doctorId?: string | undefined;
  readonly patientIds?: readonly string[] | undefined;
};
type AppointmentFilter = ListAppointments & {
  reach: Reach;
  after: readonly [startsAt: number, id: string] | undefined;
};

const isOf = (column: Sql, id: string | undefined) =>
  id === undefined ? undefined : sql`${column} = ${bin(id)}`;

export const isAmong = (column: Sql, ids: readonly string[] | undefined) =>
  ids && sql`${column} IN ${list(ids.map((id) => bin(id)))}`;

/** By start, then id; one row more than `limit`. `from` ≤ start < `to`. */
export const listAppointments = async (db: Db, filter: AppointmentFilter): Promise<Appointment[]> => {
  const { limit, after, reach, from, to, status, doctorId, patientId, locationId } = filter;
  const found = await db.many<AppointmentRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE a.tenant_id = ${db.tenant} AND a.deleted_at IS NULL ${and(
      isOf(sql`a.doctor_id`, reach.doctorId),
      isAmong(sql`a.patient_id`, reach.patientIds),
      isOf(sql`a.doctor_id`, doctorId),
      isOf(sql`a.patient_id`, patientId),
      isOf(sql`a.location_id`, locationId),
      from && sql`a.starts_at >= ${from}`,
      to && sql`a.starts_at < ${to}`,
      status && sql`a.status IN ${list(status)}`,
      after &&
        sql`(a.starts_at > ${new Date(after[0])} OR (a.starts_at = ${new Date(after[0])} AND a.id > ${bin(after[1])}))`,
    )}
    ORDER BY a.starts_at, a.id LIMIT ${count(limit + 1)}`);
  return found.map(toAppointment);
};

/** Visits that are still to come and start from `from` on, before `to`, by start. */
export const listUpcomingVisits: UpcomingVisits = (
  db,
  { from, to, doctorIds, serviceId, locationId, roomId },
) =>
  db.many<AffectedAppointment>(sql`
    SELECT a.id, a.doctor_id AS doctorId, a.patient_id AS patientId, a.service_id AS serviceId,
      a.location_id AS locationId, a.starts_at AS startsAt, a.ends_at AS endsAt, a.status
    FROM appointments a
    WHERE a.tenant_id = ${db.tenant} AND a.starts_at >= ${from} AND a.deleted_at IS NULL
      AND a.status IN ${list(activeStatuses)} ${and(
        to && sql`a.starts_at < ${to}`,
        doctorIds && sql`a.doctor_id IN ${list(doctorIds.map((id) => bin(id)))}`,
        isOf(sql`a.service_id`, serviceId),
        isOf(sql`a.location_id`, locationId),
        isOf(sql`a.room_id`, roomId),
      )}
    ORDER BY a.starts_at, a.id`);

/** Of all doctors, in the order of their ids. */
export const listUpcomingAppointments = async (
  db: Db,
  from: Date,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<Appointment[]> => {
  const found = await db.many<AppointmentRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE a.tenant_id = ${db.tenant} AND a.starts_at >= ${from} AND a.deleted_at IS NULL
      AND a.status IN ${list(activeStatuses)} ${and(after === undefined ? undefined : sql`a.id > ${bin(after)}`)}
    ORDER BY a.id LIMIT ${count(limit)}`);
  return found.map(toAppointment);
};

type Displacement = {
  readonly doctorId: string;
  readonly time: Interval;
  readonly now: Date;
  readonly statuses: readonly Appointment['status'][];
};

/** Visits of a doctor that are not over by `now` and have some of `time` (epoch milliseconds), by start. */
export const listVisitsDuring = async (
  db: Db,
  { doctorId, time, now, statuses }: Displacement,
): Promise<Appointment[]> => {
  const { start, end } = time;
  const found = await db.many<AppointmentRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE a.tenant_id = ${db.tenant} AND a.doctor_id = ${bin(doctorId)} AND a.deleted_at IS NULL
      AND a.starts_at BETWEEN ${new Date(start - DAY_MS)} AND ${new Date(end - 1)} AND a.ends_at > ${new Date(start)}
      AND a.ends_at > ${now} AND a.status IN ${list(statuses)}
    ORDER BY a.starts_at, a.id`);
  return found.map(toAppointment);
};

/** The appointments of these ids, in no order; those that are deleted are left out. */
export const listAppointmentsById = async (db: Db, ids: readonly string[]): Promise<Appointment[]> => {
  const found = await db.many<AppointmentRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE a.tenant_id = ${db.tenant} AND a.id IN ${list(ids.map((id) => bin(id)))} AND a.deleted_at IS NULL`);
  return found.map(toAppointment);
};

/** What the foreign keys find missing in this tenant. */
const missing: Readonly<Record<string, Problem>> = {
  fk_appointments_doctor: doctorProblems.doctor_not_found,
  fk_appointments_service: doctorProblems.service_not_found,
  fk_appointments_location: doctorProblems.location_not_found,
  fk_appointments_patient: patientProblems.patient_not_found,
  fk_appointments_room: doctorProblems.room_not_found,
};

const writing = async (statement: Promise<unknown>): Promise<void> => {
  try {
    await statement;
  } catch (error) {
    const problem = missing[missingParentOf(error) ?? ''];
    throw problem ? new AppError(problem, undefined, { cause: error }) : error;
  }
};

export const insertAppointment = (tx: Tx, a: Appointment) =>
  writing(
    tx.run(sql`
      INSERT INTO appointments (tenant_id, id, doctor_id, patient_id, service_id, location_id, room_id, group_id, starts_at,
        ends_at, timezone, local_start, status, reason, notes, override_reason, series_id, series_index,
        version, created_at, updated_at)
      VALUES (${tx.tenant}, ${bin(a.id)}, ${bin(a.doctorId)}, ${bin(a.patientId)}, ${bin(a.serviceId)},
        ${bin(a.locationId)}, ${bin(a.roomId)}, ${bin(a.groupId)}, ${a.startsAt}, ${a.endsAt}, ${a.timezone},
        ${a.localStart}, ${a.status}, ${a.reason}, ${a.notes}, ${a.overrideReason},
        ${bin(a.series?.id)}, ${a.series?.index ?? null}, ${a.version}, ${a.createdAt}, ${a.updatedAt})`),
  );

export const updateAppointment = (tx: Tx, a: Appointment) =>
  writing(
    tx.run(sql`
      UPDATE appointments SET doctor_id = ${bin(a.doctorId)}, service_id = ${bin(a.serviceId)},
        location_id = ${bin(a.locationId)}, room_id = ${bin(a.roomId)}, group_id = ${bin(a.groupId)}, starts_at = ${a.startsAt},
        ends_at = ${a.endsAt}, timezone = ${a.timezone}, local_start = ${a.localStart}, status = ${a.status},
        reason = ${a.reason}, notes = ${a.notes}, attendance_confirmed_at = ${a.attendanceConfirmedAt}, version = ${a.version}, updated_at = ${a.updatedAt}
      WHERE tenant_id = ${tx.tenant} AND id = ${bin(a.id)}`),
  );

export const insertCancellation = (
  tx: Tx,
  appointmentId: string,
  cancellation: NonNullable<Appointment['cancellation']>,
) =>
  tx.run(sql`
    INSERT INTO appointment_cancellations (tenant_id, appointment_id, cancelled_by, cancelled_at, reason)
    VALUES (${tx.tenant}, ${bin(appointmentId)}, ${bin(cancellation.cancelledBy)}, ${cancellation.cancelledAt},
      ${cancellation.reason})`);

/** How many visits of the patient are still to come or under way. */
export const countActive = async (db: Db, patientId: string, now: Date): Promise<number> => {
  const row = await db.one<{ active: number }>(sql`
    SELECT COUNT(*) AS active FROM appointments
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND ends_at > ${now} AND deleted_at IS NULL
      AND status IN ${list(activeStatuses)}`);
  return row?.active ?? 0;
};

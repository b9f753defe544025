import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, list, rows, sql, type Sql } from '../../../database/sql.ts';
import type { MarkedVisit } from '../models/first-visits.ts';
import type { Price } from '../models/source-event.ts';
import type { Visit } from '../models/visit.ts';
import { locationOf, NOWHERE, placeKey } from './place.ts';

type Row = Omit<Visit, 'price' | 'locationId'> & {
  readonly place: string;
  readonly priceAmount: number | null;
  readonly priceCurrency: string | null;
};

const columns = sql`id, patient_id AS patientId, doctor_id AS doctorId, location_id AS place, service_id AS serviceId,
  starts_at AS startsAt, minutes, local_date AS localDate, local_hour AS localHour, status, lead_hours AS leadHours,
  late_cancelled AS lateCancelled, price_amount AS priceAmount, price_currency AS priceCurrency, reminded,
  attendance_confirmed AS attendanceConfirmed`;

const toVisit = ({ priceAmount, priceCurrency, place, ...row }: Row): Visit => ({
  ...row,
  locationId: locationOf(place),
  price: priceOf(priceAmount, priceCurrency),
});

const priceOf = (amount: number | null, currency: string | null): Price | null =>
  amount === null || currency === null ? null : { amount, currency };

export const listVisits = async (db: Db, ids: readonly string[]): Promise<Visit[]> => {
  const found = await db.many<Row>(sql`
    SELECT ${columns} FROM analytics_visits
    WHERE tenant_id = ${db.tenant} AND id IN ${list(ids.map((id) => bin(id)))}`);
  return found.map(toVisit);
};

/** The calendar of one doctor on one date. */
export type DoctorDate = { readonly localDate: string; readonly doctorId: string };

/** One of these dates of doctors; at least one is given. */
export const onAnyOf = (dates: readonly DoctorDate[]): Sql => {
  const conditions = dates.map(
    ({ localDate, doctorId }) => sql`local_date = ${localDate} AND doctor_id = ${bin(doctorId)}`,
  );
  return sql`(${conditions.reduce((all, condition) => sql`${all} OR ${condition}`)})`;
};

/** The visits of the patients, by what their records are now. */
export const listVisitIdsOf = async (db: Db, patientIds: readonly string[]): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT id FROM analytics_visits
    WHERE tenant_id = ${db.tenant} AND patient_id IN ${list(patientIds.map((id) => bin(id)))}`);
  return found.map(({ id }) => id);
};

const tupleOf = (tx: Tx, v: Visit) => [
  tx.tenant,
  bin(v.id),
  bin(v.patientId),
  bin(v.doctorId),
  placeKey(v.locationId),
  bin(v.serviceId),
  v.startsAt,
  v.minutes,
  v.localDate,
  v.localHour,
  v.status,
  v.leadHours,
  v.lateCancelled,
  v.price?.amount ?? null,
  v.price?.currency ?? null,
  v.reminded,
  v.attendanceConfirmed,
];

/** Writes visits, new and changed; at least one is given. Which of a patient's is the first is left to {@link setFirstVisit}. */
export const putVisits = (tx: Tx, visits: readonly Visit[]): void => {
  tx.later(sql`
    INSERT INTO analytics_visits (tenant_id, id, patient_id, doctor_id, location_id, service_id, starts_at, minutes,
      local_date, local_hour, status, lead_hours, late_cancelled, price_amount, price_currency, reminded,
      attendance_confirmed)
    VALUES ${rows(visits.map((visit) => tupleOf(tx, visit)))}
    ON DUPLICATE KEY UPDATE patient_id = VALUES(patient_id), doctor_id = VALUES(doctor_id),
      location_id = VALUES(location_id), service_id = VALUES(service_id), starts_at = VALUES(starts_at),
      minutes = VALUES(minutes), local_date = VALUES(local_date), local_hour = VALUES(local_hour),
      status = VALUES(status), lead_hours = VALUES(lead_hours), late_cancelled = VALUES(late_cancelled),
      price_amount = VALUES(price_amount), price_currency = VALUES(price_currency), reminded = VALUES(reminded),
      attendance_confirmed = VALUES(attendance_confirmed)`);
};

/** Whose visits have ids that lie behind `after`, up to and with `until`. */
export const listPatientsBetween = async (
  db: Db,
  { after, until }: { after: string; until: string },
): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT DISTINCT patient_id AS id FROM analytics_visits
    WHERE tenant_id = ${db.tenant} AND id > ${bin(after)} AND id <= ${bin(until)}`);
  return found.map(({ id }) => id);
};

/** Forgets visits whose ids lie behind `after`, up to and with `until`, and of which no event tells. */
export const deleteVisitsBesides = (
  tx: Tx,
  known: readonly string[],
  { after, until }: { after: string; until: string },
) =>
  tx.run(sql`
    DELETE FROM analytics_visits
    WHERE tenant_id = ${tx.tenant} AND id > ${bin(after)} AND id <= ${bin(until)}
      AND id NOT IN ${list([NOWHERE, ...known.map((id) => bin(id))])}`);

const listMarked = async (db: Db, patientIds: readonly string[], isAsked?: Sql): Promise<MarkedVisit[]> => {
  if (patientIds.length === 0) return [];
  return db.many<MarkedVisit>(sql`
    SELECT id, patient_id AS patientId, starts_at AS startsAt, status, first_visit AS firstVisit
    FROM analytics_visits
    WHERE tenant_id = ${db.tenant} AND patient_id IN ${list(patientIds.map((id) => bin(id)))} ${and(isAsked)}`);
};

/** All visits of the patients. */
export const listVisitsOf = (db: Db, patientIds: readonly string[]) => listMarked(db, patientIds);

/** Those that are marked as a patient's first. */
export const listFirstVisitsOf = (db: Db, patientIds: readonly string[]) =>
  listMarked(db, patientIds, sql`first_visit = TRUE`);

export const setFirstVisit = (tx: Tx, ids: readonly string[], firstVisit: boolean): void => {
  if (ids.length === 0) return;
  tx.later(sql`
    UPDATE analytics_visits SET first_visit = ${firstVisit}
    WHERE tenant_id = ${tx.tenant} AND id IN ${list(ids.map((id) => bin(id)))}`);
};

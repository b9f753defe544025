import type { Db, Tx } from '../../../database/db.ts';
import { count, sql, type Sql } from '../../../database/sql.ts';
import { type DoctorDate, onAnyOf } from './visit.repository.ts';

const isKept = sql`status NOT IN ('cancelled', 'no_show')`;
const hasCome = sql`status IN ('checked_in', 'in_progress', 'completed')`;

/** A time that several patients share is booked once: with the visit of the lowest id. */
const insertDays = (tx: Tx, where: Sql): void => {
  tx.later(sql`
    INSERT INTO analytics_days (tenant_id, local_date, doctor_id, location_id, service_id, currency, pending,
      confirmed, checked_in, in_progress, completed, cancelled, no_show, late_cancelled, booked_minutes,
      booked_amount, completed_amount, reminded, reminded_attended, reminded_no_show, reminded_cancelled,
      attendance_confirmed)
    SELECT tenant_id, local_date, doctor_id, location_id, service_id, COALESCE(price_currency, ''),
      SUM(status = 'pending'), SUM(status = 'confirmed'), SUM(status = 'checked_in'), SUM(status = 'in_progress'),
      SUM(status = 'completed'), SUM(status = 'cancelled'), SUM(status = 'no_show'), SUM(late_cancelled),
      SUM(CASE WHEN status <> 'cancelled' AND nth_at_this_time = 1 THEN minutes ELSE 0 END),
      SUM(CASE WHEN ${isKept} THEN COALESCE(price_amount, 0) ELSE 0 END),
      SUM(CASE WHEN status = 'completed' THEN COALESCE(price_amount, 0) ELSE 0 END),
      SUM(reminded), SUM(reminded AND ${hasCome}), SUM(reminded AND status = 'no_show'),
      SUM(reminded AND status = 'cancelled'), SUM(attendance_confirmed)
    FROM (
      SELECT tenant_id, local_date, doctor_id, location_id, service_id, price_currency, price_amount, status, minutes,
        late_cancelled, reminded, attendance_confirmed, ROW_NUMBER() OVER (
          PARTITION BY doctor_id, service_id, starts_at, status = 'cancelled' ORDER BY id) AS nth_at_this_time
      FROM analytics_visits WHERE tenant_id = ${tx.tenant} AND ${where}) AS counted
    GROUP BY tenant_id, local_date, doctor_id, location_id, service_id, price_currency`);
};

const insertHours = (tx: Tx, where: Sql) =>
  tx.run(sql`
    INSERT INTO analytics_hours (tenant_id, local_date, local_hour, doctor_id, location_id, service_id, visits, no_shows)
    SELECT tenant_id, local_date, local_hour, doctor_id, location_id, service_id, COUNT(*), SUM(status = 'no_show')
    FROM analytics_visits WHERE tenant_id = ${tx.tenant} AND status <> 'cancelled' AND ${where}
    GROUP BY tenant_id, local_date, local_hour, doctor_id, location_id, service_id`);

/** Sums visits up anew, by date and by hour, where the condition holds of visits and of what stood there; see `docs/analytics.md`. */
const sumUp = async (tx: Tx, where: Sql): Promise<void> => {
  tx.later(sql`DELETE FROM analytics_days WHERE tenant_id = ${tx.tenant} AND ${where}`);
  tx.later(sql`DELETE FROM analytics_hours WHERE tenant_id = ${tx.tenant} AND ${where}`);
  insertDays(tx, where);
  await insertHours(tx, where);
};

/** All visits of these doctors on these dates; at least one is given. */
export const sumUpOn = (tx: Tx, dates: readonly DoctorDate[]): Promise<void> => sumUp(tx, onAnyOf(dates));

/** All visits from `first` to `last`, both included. */
export const sumUpBetween = (tx: Tx, { first, last }: { first: string; last: string }): Promise<void> =>
  sumUp(tx, sql`local_date BETWEEN ${first} AND ${last}`);

/** The next dates behind `after` on which anything was, or is said to have been. */
export const listDates = async (db: Db, after: string, limit: number): Promise<string[]> => {
  const found = await db.many<{ localDate: string }>(sql`
    SELECT local_date AS localDate FROM (
      (SELECT DISTINCT local_date FROM analytics_visits
        WHERE tenant_id = ${db.tenant} AND local_date > ${after} ORDER BY local_date LIMIT ${count(limit)})
      UNION
      (SELECT DISTINCT local_date FROM analytics_days
        WHERE tenant_id = ${db.tenant} AND local_date > ${after} ORDER BY local_date LIMIT ${count(limit)})
      UNION
      (SELECT DISTINCT local_date FROM analytics_hours
        WHERE tenant_id = ${db.tenant} AND local_date > ${after} ORDER BY local_date LIMIT ${count(limit)})
    ) AS dates ORDER BY local_date LIMIT ${count(limit)}`);
  return found.map(({ localDate }) => localDate);
};

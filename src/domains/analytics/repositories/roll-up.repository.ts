import type { Db, Tx } from '../../../database/db.ts';
import { bin, count, rows, sql, type Sql } from '../../../database/sql.ts';
import type { DayCell, HourCell } from '../models/roll-up.ts';
import { placeKey } from './place.ts';
import { type DoctorDate, onAnyOf } from './visit.repository.ts';

const dayTuple = (tx: Tx, c: DayCell) => [
  tx.tenant,
  c.localDate,
  bin(c.doctorId),
  placeKey(c.locationId),
  bin(c.serviceId),
  c.currency,
  c.pending,
  c.confirmed,
  c.checked_in,
  c.in_progress,
  c.completed,
  c.cancelled,
  c.no_show,
  c.lateCancelled,
  c.bookedMinutes,
  c.bookedAmount,
  c.completedAmount,
  c.reminded,
  c.remindedAttended,
  c.remindedNoShow,
  c.remindedCancelled,
  c.attendanceConfirmed,
];

const hourTuple = (tx: Tx, c: HourCell) => [
  tx.tenant,
  c.localDate,
  c.localHour,
  bin(c.doctorId),
  placeKey(c.locationId),
  bin(c.serviceId),
  c.appointments,
  c.noShows,
];

type Cells = { readonly days: readonly DayCell[]; readonly hours: readonly HourCell[] };
const AT_ONCE = 500;

const chunks = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, at) =>
    items.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );

const insertCells = async (tx: Tx, { days, hours }: Cells) => {
  for (const some of chunks(days)) {
    await tx.run(sql`
      INSERT INTO analytics_days (tenant_id, local_date, doctor_id, location_id, service_id, currency, pending,
        confirmed, checked_in, in_progress, completed, cancelled, no_show, late_cancelled, booked_minutes,
        booked_amount, completed_amount, reminded, reminded_attended, reminded_no_show, reminded_cancelled,
        attendance_confirmed)
      VALUES ${rows(some.map((cell) => dayTuple(tx, cell)))}`);
  }
  for (const some of chunks(hours)) {
    await tx.run(sql`
      INSERT INTO analytics_hours (tenant_id, local_date, local_hour, doctor_id, location_id, service_id, visits,
        no_shows)
      VALUES ${rows(some.map((cell) => hourTuple(tx, cell)))}`);
  }
};

const replace = async (tx: Tx, where: Sql, cells: Cells) => {
  await tx.run(sql`DELETE FROM analytics_days WHERE tenant_id = ${tx.tenant} AND ${where}`);
  await tx.run(sql`DELETE FROM analytics_hours WHERE tenant_id = ${tx.tenant} AND ${where}`);
  await insertCells(tx, cells);
};

/** Puts what visits of these doctors on these dates amount to in the place of what stood there. */
export const replaceCellsOn = (tx: Tx, dates: readonly DoctorDate[], cells: Cells) =>
  replace(tx, onAnyOf(dates), cells);

/** The same for all doctors, and all dates from `first` to `last`. */
export const replaceCellsBetween = (tx: Tx, { first, last }: { first: string; last: string }, cells: Cells) =>
  replace(tx, sql`local_date BETWEEN ${first} AND ${last}`, cells);

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

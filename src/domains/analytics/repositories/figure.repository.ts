import type { Db } from '../../../database/db.ts';
import { and, bin, sql, type Sql } from '../../../database/sql.ts';
import type { HeatmapCell } from '../models/heatmap.ts';
import type { LeadRow } from '../models/lead-time.ts';
import type { NoShowRow } from '../models/no-shows.ts';
import type { Period } from '../models/period.ts';
import type { ReminderRow } from '../models/reminder-figures.ts';
import type { PatientsRow, SummaryRow } from '../models/summary.ts';
import type { UtilizationRow } from '../models/utilization.ts';
import type { WaitRow } from '../models/waitlist-figures.ts';
import { locationOf } from './place.ts';

/** What is asked about: `from` is the first date of the period before, `start` that of the period itself. */
export type Question = {
  readonly from: Period['from'];
  readonly start: Period['from'];
  readonly to: Period['to'];
  readonly doctorId?: string | undefined;
  readonly locationId?: string | undefined;
  readonly serviceId?: string | undefined;
};

const ofDoctor = ({ doctorId }: Question) =>
  doctorId === undefined ? undefined : sql`doctor_id = ${bin(doctorId)}`;
const atLocation = ({ locationId }: Question) =>
  locationId === undefined ? undefined : sql`location_id = ${bin(locationId)}`;
const forService = ({ serviceId }: Question) =>
  serviceId === undefined ? undefined : sql`service_id = ${bin(serviceId)}`;

const within = (db: Db, asked: Question): Sql => sql`tenant_id = ${db.tenant}
  AND local_date BETWEEN ${asked.from} AND ${asked.to} ${and(ofDoctor(asked), atLocation(asked), forService(asked))}`;

/** Sums are decimals, which the driver would read as text. */
const sum = (counted: Sql): Sql => sql`CAST(SUM(${counted}) AS SIGNED)`;

const all = sql`pending + confirmed + checked_in + in_progress + completed + cancelled + no_show`;
const attended = sql`checked_in + in_progress + completed`;

export const listSummaryRows = (db: Db, asked: Question) =>
  db.many<SummaryRow>(sql`
    SELECT local_date AS date, currency, ${sum(sql`pending`)} AS pending, ${sum(sql`confirmed`)} AS confirmed,
      ${sum(sql`checked_in`)} AS checked_in, ${sum(sql`in_progress`)} AS in_progress,
      ${sum(sql`completed`)} AS completed, ${sum(sql`cancelled`)} AS cancelled, ${sum(sql`no_show`)} AS no_show,
      ${sum(sql`booked_amount`)} AS bookedAmount, ${sum(sql`completed_amount`)} AS completedAmount
    FROM analytics_days WHERE ${within(db, asked)}
    GROUP BY local_date, currency ORDER BY local_date, currency`);

/** The index holds all that is asked for; along the primary key, the whole history would be read. */
export const listPatientsRows = (db: Db, asked: Question) =>
  db.many<PatientsRow>(sql`
    SELECT local_date >= ${asked.start} AS isCurrent, COUNT(DISTINCT patient_id) AS patients,
      ${sum(sql`first_visit`)} AS newPatients
    FROM analytics_visits FORCE INDEX (ix_analytics_visits_date) WHERE ${within(db, asked)} AND status NOT IN ('cancelled', 'no_show')
    GROUP BY isCurrent`);

type AtPlace<Row extends { locationId: string | null }> = Omit<Row, 'locationId'> & {
  readonly place: string;
};

const withLocation = <Row extends { readonly place: string }>({ place, ...row }: Row) => ({
  ...row,
  locationId: locationOf(place),
});

/** Working time is not for one service more than for another: `serviceId` limits what is booked. */
export const listUtilizationRows = async (db: Db, asked: Question): Promise<UtilizationRow[]> => {
  const week = sql`local_date >= ${asked.start} AS isCurrent,
    DATE_SUB(local_date, INTERVAL WEEKDAY(local_date) DAY) AS weekOf, doctor_id, location_id`;
  const found = await db.many<AtPlace<UtilizationRow>>(sql`
    SELECT isCurrent, weekOf, doctor_id AS doctorId, location_id AS place, ${sum(sql`booked`)} AS bookedMinutes,
      ${sum(sql`working`)} AS workingMinutes
    FROM (
      SELECT ${week}, booked_minutes AS booked, 0 AS working FROM analytics_days WHERE ${within(db, asked)}
      UNION ALL
      SELECT ${week}, 0 AS booked, minutes AS working FROM analytics_working
      WHERE tenant_id = ${db.tenant} AND local_date BETWEEN ${asked.from} AND ${asked.to}
        ${and(ofDoctor(asked), atLocation(asked))}
    ) AS parts
    GROUP BY isCurrent, weekOf, doctor_id, location_id ORDER BY weekOf, doctor_id, location_id`);
  return found.map(withLocation);
};

export const listNoShowRows = async (db: Db, asked: Question): Promise<NoShowRow[]> => {
  const found = await db.many<AtPlace<NoShowRow>>(sql`
    SELECT local_date >= ${asked.start} AS isCurrent, doctor_id AS doctorId, location_id AS place,
      service_id AS serviceId, ${sum(all)} AS appointments, ${sum(attended)} AS attended,
      ${sum(sql`no_show`)} AS noShows, ${sum(sql`cancelled`)} AS cancellations,
      ${sum(sql`late_cancelled`)} AS lateCancellations
    FROM analytics_days WHERE ${within(db, asked)}
    GROUP BY isCurrent, doctor_id, location_id, service_id ORDER BY doctor_id, location_id, service_id`);
  return found.map(withLocation);
};

export const listHeatmapCells = (db: Db, asked: Question) =>
  db.many<HeatmapCell>(sql`
    SELECT WEEKDAY(local_date) + 1 AS dayOfWeek, local_hour AS hour, ${sum(sql`visits`)} AS appointments,
      ${sum(sql`no_shows`)} AS noShows
    FROM analytics_hours WHERE ${within(db, { ...asked, from: asked.start })}
    GROUP BY dayOfWeek, local_hour ORDER BY dayOfWeek, local_hour`);

export const listLeadRows = (db: Db, asked: Question) =>
  db.many<LeadRow>(sql`
    SELECT local_date >= ${asked.start} AS isCurrent, lead_hours AS leadHours, COUNT(*) AS appointments
    FROM analytics_visits FORCE INDEX (ix_analytics_visits_date) WHERE ${within(db, asked)} AND status <> 'cancelled'
    GROUP BY isCurrent, lead_hours ORDER BY lead_hours`);

export const listWaitRows = (db: Db, asked: Question) =>
  db.many<WaitRow>(sql`
    SELECT local_date >= ${asked.start} AS isCurrent, status, hours_to_booking AS hoursToBooking, COUNT(*) AS entries,
      ${sum(sql`offers`)} AS offers, ${sum(sql`accepted`)} AS accepted, ${sum(sql`declined`)} AS declined,
      ${sum(sql`expired`)} AS expired
    FROM analytics_waits WHERE ${within(db, asked)}
    GROUP BY isCurrent, status, hours_to_booking`);

export const listReminderRows = (db: Db, asked: Question) =>
  db.many<ReminderRow>(sql`
    SELECT local_date >= ${asked.start} AS isCurrent, ${sum(all)} AS appointments, ${sum(attended)} AS attended,
      ${sum(sql`no_show`)} AS noShows, ${sum(sql`cancelled`)} AS cancellations, ${sum(sql`reminded`)} AS reminded,
      ${sum(sql`reminded_attended`)} AS remindedAttended, ${sum(sql`reminded_no_show`)} AS remindedNoShow,
      ${sum(sql`reminded_cancelled`)} AS remindedCancelled, ${sum(sql`attendance_confirmed`)} AS attendanceConfirmed
    FROM analytics_days WHERE ${within(db, asked)}
    GROUP BY isCurrent`);

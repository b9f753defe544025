import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { bin, count, rows, sql } from '../../../database/sql.ts';
import type { WorkingDay } from '../models/working-minutes.ts';
import { locationOf, placeKey } from './place.ts';

/** The working time of a doctor that is written down, from a date on. */
export const listWorkingDays = async (db: Db, doctorId: string, from: string): Promise<WorkingDay[]> => {
  const found = await db.many<{ localDate: string; place: string; minutes: number }>(sql`
    SELECT local_date AS localDate, location_id AS place, minutes FROM analytics_working
    WHERE tenant_id = ${db.tenant} AND doctor_id = ${bin(doctorId)} AND local_date >= ${from}`);
  return found.map(({ place, ...day }) => ({ ...day, locationId: locationOf(place) }));
};

const AT_ONCE = 500;

export const putWorkingDays = async (
  tx: Tx,
  doctorId: string,
  days: readonly WorkingDay[],
): Promise<void> => {
  for (let at = 0; at < days.length; at += AT_ONCE) {
    const tuples = days
      .slice(at, at + AT_ONCE)
      .map(({ localDate, locationId, minutes }) => [
        tx.tenant,
        localDate,
        bin(doctorId),
        placeKey(locationId),
        minutes,
      ]);
    await tx.run(sql`
      INSERT INTO analytics_working (tenant_id, local_date, doctor_id, location_id, minutes) VALUES ${rows(tuples)}
      ON DUPLICATE KEY UPDATE minutes = VALUES(minutes)`);
  }
};

export const deleteWorkingDay = (tx: Tx, doctorId: string, { localDate, locationId }: WorkingDay) =>
  tx.run(sql`
    DELETE FROM analytics_working
    WHERE tenant_id = ${tx.tenant} AND local_date = ${localDate} AND doctor_id = ${bin(doctorId)}
      AND location_id = ${placeKey(locationId)}`);

/** Up to which date the working time of the doctor is written down. */
export const findWorkedOut = async (db: Db, doctorId: string): Promise<string | undefined> =>
  (
    await db.one<{ workedOut: string }>(sql`
      SELECT worked_out_until AS workedOut FROM analytics_doctors
      WHERE tenant_id = ${db.tenant} AND doctor_id = ${bin(doctorId)}`)
  )?.workedOut;

export const setWorkedOut = (tx: Tx, doctorId: string, until: string) =>
  tx.run(sql`
    INSERT INTO analytics_doctors (tenant_id, doctor_id, worked_out_until)
    VALUES (${tx.tenant}, ${bin(doctorId)}, ${until})
    ON DUPLICATE KEY UPDATE worked_out_until = VALUES(worked_out_until)`);

/** Of one clinic, the doctors whose working time is not written down up to `date`. */
export const listToWorkOut = async (db: Db, date: string, limit: number): Promise<string[]> => {
  const found = await db.many<{ doctorId: string }>(sql`
    SELECT doctor_id AS doctorId FROM analytics_doctors
    WHERE tenant_id = ${db.tenant} AND worked_out_until < ${date} ORDER BY doctor_id LIMIT ${count(limit)}`);
  return found.map(({ doctorId }) => doctorId);
};

/** The clinics that have such doctors. */
export const listClinicsToWorkOut = async (db: SystemDb, date: string, limit: number): Promise<string[]> => {
  const found = await db.many<{ tenantId: string }>(sql`
    SELECT DISTINCT tenant_id AS tenantId FROM analytics_doctors
    WHERE worked_out_until < ${date} LIMIT ${count(limit)}`);
  return found.map(({ tenantId }) => tenantId);
};

/** The doctors whose hours are known. */
export const listDoctorIds = async (db: Db): Promise<string[]> => {
  const found = await db.many<{ id: string }>(
    sql`SELECT doctor_id AS id FROM analytics_doctors WHERE tenant_id = ${db.tenant}`,
  );
  return found.map(({ id }) => id);
};

import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { Series, SeriesSummary } from '../models/series.ts';
import type { ListSeries } from '../validators/series.ts';
import type { Reach } from './appointment.repository.ts';

const columns = sql`id, doctor_id AS doctorId, patient_id AS patientId, recurrence, starts_at AS startsAt, timezone,
  created_at AS createdAt`;

export const findSeries = (db: Db, id: string) =>
  db.one<Series>(sql`
    SELECT ${columns} FROM appointment_series WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);

/** Locked until the end of the transaction: changes of one series are made one after the other. */
export const findSeriesToChange = (tx: Tx, id: string) =>
  tx.one<Series>(sql`
    SELECT ${columns} FROM appointment_series WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`);

type SeriesFilter = ListSeries & { readonly reach: Reach; readonly after: string | undefined };

/** In the order in which they were booked, one row more than `limit`. Of a doctor are also those with a visit that was moved there. */
export const listSeries = (db: Db, { limit, after, reach, doctorId, patientId }: SeriesFilter) => {
  const isOfDoctor = (id: string | undefined) =>
    id === undefined
      ? undefined
      : sql`(s.doctor_id = ${bin(id)} OR EXISTS (
          SELECT 1 FROM appointments a
          WHERE a.tenant_id = ${db.tenant} AND a.series_id = s.id AND a.doctor_id = ${bin(id)} AND a.deleted_at IS NULL))`;
  const isOfPatient = (id: string | undefined) =>
    id === undefined ? undefined : sql`s.patient_id = ${bin(id)}`;
  return db.many<SeriesSummary>(sql`
    SELECT s.id, s.doctor_id AS doctorId, s.patient_id AS patientId, s.recurrence, s.starts_at AS startsAt, s.timezone,
      s.created_at AS createdAt,
      1 + (SELECT CAST(COALESCE(SUM(a.version - 1), 0) AS SIGNED) FROM appointments a
        WHERE a.tenant_id = ${db.tenant} AND a.series_id = s.id AND a.deleted_at IS NULL) AS version
    FROM appointment_series s
    WHERE s.tenant_id = ${db.tenant} ${and(
      isOfDoctor(reach.doctorId),
      isOfPatient(reach.patientId),
      isOfDoctor(doctorId),
      isOfPatient(patientId),
      after === undefined ? undefined : sql`s.id > ${bin(after)}`,
    )}
    ORDER BY s.id LIMIT ${count(limit + 1)}`);
};

export const insertSeries = (tx: Tx, s: Series) =>
  tx.run(sql`
    INSERT INTO appointment_series (tenant_id, id, doctor_id, patient_id, recurrence, starts_at, timezone, created_at)
    VALUES (${tx.tenant}, ${bin(s.id)}, ${bin(s.doctorId)}, ${bin(s.patientId)}, ${s.recurrence}, ${s.startsAt},
      ${s.timezone}, ${s.createdAt})`);

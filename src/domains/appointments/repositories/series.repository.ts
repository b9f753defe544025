import type { Db, Tx } from '../../../database/db.ts';
import { bin, sql } from '../../../database/sql.ts';
import type { Series } from '../models/series.ts';

const columns = sql`id, doctor_id AS doctorId, patient_id AS patientId, recurrence, starts_at AS startsAt, timezone,
  created_at AS createdAt`;

export const findSeries = (db: Db, id: string) =>
  db.one<Series>(sql`
    SELECT ${columns} FROM appointment_series WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);

/** Locked until the end of the transaction: changes of one series are made one after the other. */
export const findSeriesToChange = (tx: Tx, id: string) =>
  tx.one<Series>(sql`
    SELECT ${columns} FROM appointment_series WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`);

export const insertSeries = (tx: Tx, s: Series) =>
  tx.run(sql`
    INSERT INTO appointment_series (tenant_id, id, doctor_id, patient_id, recurrence, starts_at, timezone, created_at)
    VALUES (${tx.tenant}, ${bin(s.id)}, ${bin(s.doctorId)}, ${bin(s.patientId)}, ${s.recurrence}, ${s.startsAt},
      ${s.timezone}, ${s.createdAt})`);

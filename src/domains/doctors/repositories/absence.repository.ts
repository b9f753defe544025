import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, list, sql } from '../../../database/sql.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { type Absence, timeTaken } from '../models/absence.ts';
import type { ListAbsences } from '../validators/absence.ts';

const columns = sql`id, doctor_id AS doctorId, starts_at AS \`from\`, ends_at AS \`to\`, reason, created_at AS createdAt`;

/** What the absences of several doctors take of `window` and beyond, each with its doctor (epoch milliseconds). */
export const listAbsencesOn = async (db: Db, doctorIds: readonly string[], { start, end }: Interval) => {
  const found = await db.many<Pick<Absence, 'doctorId' | 'from' | 'to'>>(sql`
    SELECT doctor_id AS doctorId, starts_at AS \`from\`, ends_at AS \`to\` FROM doctor_absences
    WHERE tenant_id = ${db.tenant} AND doctor_id IN ${list(doctorIds.map((id) => bin(id)))}
      AND ends_at > ${new Date(start)} AND starts_at < ${new Date(end)} AND deleted_at IS NULL`);
  return found.map(({ doctorId, ...absence }) => ({ doctorId, ...timeTaken(absence) }));
};

export const findAbsence = (db: Db, doctorId: string, id: string) =>
  db.one<Absence>(sql`
    SELECT ${columns} FROM doctor_absences
    WHERE tenant_id = ${db.tenant} AND doctor_id = ${bin(doctorId)} AND id = ${bin(id)} AND deleted_at IS NULL`);

export const findAbsenceById = (db: Db, id: string) =>
  db.one<Absence>(sql`
    SELECT ${columns} FROM doctor_absences
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL`);

/** Locked until the end of the transaction. */
export const findAbsenceToChange = (tx: Tx, doctorId: string, id: string) =>
  tx.one<Absence>(sql`
    SELECT ${columns} FROM doctor_absences
    WHERE tenant_id = ${tx.tenant} AND doctor_id = ${bin(doctorId)} AND id = ${bin(id)} AND deleted_at IS NULL
    FOR UPDATE`);

/** One that has time in common with `absence`, if there is any. */
export const findOverlappingAbsence = (tx: Tx, { doctorId, from, to }: Absence) =>
  tx.one<{ id: string }>(sql`
    SELECT id FROM doctor_absences
    WHERE tenant_id = ${tx.tenant} AND doctor_id = ${bin(doctorId)} AND starts_at < ${to} AND ends_at > ${from}
      AND deleted_at IS NULL LIMIT 1`);

type AbsenceFilter = ListAbsences & { readonly after: string | undefined };

/** In the order in which they were entered, one row more than `limit`. */
export const listAbsences = (db: Db, doctorId: string, { limit, after, from, to }: AbsenceFilter) =>
  db.many<Absence>(sql`
    SELECT ${columns} FROM doctor_absences
    WHERE tenant_id = ${db.tenant} AND doctor_id = ${bin(doctorId)} AND deleted_at IS NULL ${and(
      after === undefined ? undefined : sql`id > ${bin(after)}`,
      from && sql`ends_at > ${from}`,
      to && sql`starts_at < ${to}`,
    )}
    ORDER BY id LIMIT ${count(limit + 1)}`);

export const insertAbsence = (tx: Tx, a: Absence) =>
  tx.run(sql`
    INSERT INTO doctor_absences (tenant_id, id, doctor_id, starts_at, ends_at, reason, created_at)
    VALUES (${tx.tenant}, ${bin(a.id)}, ${bin(a.doctorId)}, ${a.from}, ${a.to}, ${a.reason}, ${a.createdAt})`);

export const deleteAbsence = (tx: Tx, id: string, deletedAt: Date) =>
  tx.run(sql`
    UPDATE doctor_absences SET deleted_at = ${deletedAt} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

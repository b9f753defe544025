import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, list, sql, startingWith, type Sql } from '../../../database/sql.ts';
import type { Patient } from '../models/patient.ts';

const columns = sql`id, user_id AS userId, medical_record_number AS medicalRecordNumber, first_name AS firstName,
  last_name AS lastName, date_of_birth AS dateOfBirth, sex, email, phone, address,
  preferred_language AS preferredLanguage, emergency_contact AS emergencyContact, version, created_at AS createdAt,
  updated_at AS updatedAt`;

const findWith = (db: Db, id: string, lock: Sql) =>
  db.one<Patient>(sql`
    SELECT ${columns} FROM patients
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL ${lock}`);

export const findPatient = (db: Db, id: string) => findWith(db, id, sql``);

/** Locked, so that the version that is compared is the version that is replaced. */
export const findPatientToChange = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE`);

export const findPatientIdOfUser = async (db: Db, userId: string): Promise<string | undefined> =>
  (
    await db.one<{ id: string }>(sql`
      SELECT id FROM patients WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} AND deleted_at IS NULL`)
  )?.id;

const beginsWith = (q: string): Sql => {
  const prefix = startingWith(q);
  // The column holds ASCII and is not comparable with anything else.
  const isNumber = /^[\x20-\x7e]+$/.test(q);
  return sql`(last_name LIKE ${prefix} OR first_name LIKE ${prefix}
    OR concat(first_name, ' ', last_name) LIKE ${prefix} OR concat(last_name, ' ', first_name) LIKE ${prefix}
    OR email LIKE ${prefix} OR phone LIKE ${prefix}
    ${isNumber ? sql`OR medical_record_number LIKE ${prefix.toUpperCase()}` : sql``})`;
};

type PatientFilter = {
  readonly limit: number;
  readonly after: string | undefined;
  readonly q?: string | undefined;
  /** Only these, where it is given. */
  readonly ids?: readonly string[];
};

/** In the order of creation, one row more than `limit`. */
export const listPatients = (db: Db, { limit, after, q, ids }: PatientFilter) =>
  db.many<Patient>(sql`
    SELECT ${columns} FROM patients
    WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL ${and(
      after === undefined ? undefined : sql`id > ${bin(after)}`,
      ids && sql`id IN ${list(ids.map((id) => bin(id)))}`,
      q ? beginsWith(q) : undefined,
    )}
    ORDER BY id LIMIT ${count(limit + 1)}`);

/** The tenant's next record number. Holds the counter until the commit, so that none is given twice. */
export const nextRecordNumber = async (tx: Tx): Promise<number> => {
  await tx.run(sql`
    INSERT INTO medical_record_counters (tenant_id, last_number) VALUES (${tx.tenant}, 1)
    ON DUPLICATE KEY UPDATE last_number = last_number + 1`);
  const counter = await tx.one<{ lastNumber: number }>(sql`
    SELECT last_number AS lastNumber FROM medical_record_counters WHERE tenant_id = ${tx.tenant}`);
  if (!counter) throw new Error('The counter of record numbers vanished inside its transaction');
  return counter.lastNumber;
};

const json = (value: object | null) => (value === null ? null : JSON.stringify(value));

export const insertPatient = (tx: Tx, p: Patient) =>
  tx.run(sql`
    INSERT INTO patients (tenant_id, id, user_id, medical_record_number, first_name, last_name, date_of_birth, sex,
      email, phone, address, preferred_language, emergency_contact, version, created_at, updated_at)
    VALUES (${tx.tenant}, ${bin(p.id)}, ${bin(p.userId)}, ${p.medicalRecordNumber}, ${p.firstName}, ${p.lastName},
      ${p.dateOfBirth}, ${p.sex}, ${p.email}, ${p.phone}, ${p.address}, ${p.preferredLanguage},
      ${json(p.emergencyContact)}, ${p.version}, ${p.createdAt}, ${p.updatedAt})`);

export const updatePatient = (tx: Tx, p: Patient) =>
  tx.run(sql`
    UPDATE patients SET first_name = ${p.firstName}, last_name = ${p.lastName}, date_of_birth = ${p.dateOfBirth},
      sex = ${p.sex}, email = ${p.email}, phone = ${p.phone}, address = ${p.address},
      preferred_language = ${p.preferredLanguage}, emergency_contact = ${json(p.emergencyContact)},
      version = ${p.version}, updated_at = ${p.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(p.id)}`);

/** Appointments of the past still name the patient, so the row stays. */
export const deletePatient = (tx: Tx, id: string, deletedAt: Date) =>
  tx.run(sql`
    UPDATE patients SET deleted_at = ${deletedAt} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const lockPatient = async (tx: Tx, id: string): Promise<void> => {
  await tx.one(sql`SELECT id FROM patients WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`);
};

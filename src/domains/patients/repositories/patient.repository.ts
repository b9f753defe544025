import type { Db, Tx } from '../../../database/db.ts';
import { gathered } from '../../../database/gathered-read.ts';
import { paddedList } from '../../../database/padded-list.ts';
import { bin, sql, type Sql } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Patient } from '../models/patient.ts';
import { WORDS_EDITION } from '../models/search-words.ts';
import { patientProblems } from '../problems.ts';

export const patientColumns = sql`id, user_id AS userId, medical_record_number AS medicalRecordNumber, first_name AS firstName,
  last_name AS lastName, date_of_birth AS dateOfBirth, sex, email, phone, address,
  preferred_language AS preferredLanguage, emergency_contact AS emergencyContact, version, created_at AS createdAt,
  updated_at AS updatedAt`;

const findWith = (db: Db, id: string, lock: Sql) =>
  db.one<Patient>(sql`
    SELECT ${patientColumns} FROM patients
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL ${lock}`);

const readPatients = async (db: Db, ids: readonly string[]) => {
  const found = await db.many<Patient>(sql`
    SELECT ${patientColumns} FROM patients
    WHERE tenant_id = ${db.tenant} AND id IN (${paddedList(ids.map((id) => bin(id)))}) AND deleted_at IS NULL`);
  return new Map(found.map((patient) => [patient.id, patient]));
};

const gatherPatients = gathered(readPatients);

export const findPatient = (db: Db, id: string): Promise<Patient | undefined> => gatherPatients(db, id);

const readExisting = async (db: Db, ids: readonly string[]) => {
  const found = await db.many<{ id: string }>(sql`
    SELECT id FROM patients
    WHERE tenant_id = ${db.tenant} AND id IN (${paddedList(ids.map((id) => bin(id)))}) AND deleted_at IS NULL`);
  return new Map(found.map(({ id }) => [id, true]));
};

const gatherExisting = gathered(readExisting);

export const patientExists = async (db: Db, id: string): Promise<boolean> =>
  (await gatherExisting(db, id)) === true;

/** Locked, so that the version that is compared is the version that is replaced. */
export const findPatientToChange = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE`);

export const findPatientIdOfUser = async (db: Db, userId: string): Promise<string | undefined> =>
  (
    await db.one<{ id: string }>(sql`
      SELECT id FROM patients WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} AND deleted_at IS NULL`)
  )?.id;

/** The record into which another was merged. */
export const findSurvivorId = async (db: Db, id: string): Promise<string | undefined> =>
  (
    await db.one<{ mergedInto: string | null }>(sql`
      SELECT merged_into AS mergedInto FROM patients WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`)
  )?.mergedInto ?? undefined;

/** The ids of a record and of all that were merged into it. */
export const listMergedIds = async (db: Db, id: string): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT id FROM patients WHERE tenant_id = ${db.tenant} AND merged_into = ${bin(id)}`);
  return [id, ...found.map((row) => row.id)];
};

/** The tenant's next record number. Holds the counter until the commit, so that none is given twice. */
export const nextRecordNumber = async (tx: Tx): Promise<number> => (await reserveRecordNumbers(tx, 1)) + 1;

/** Takes `count` numbers at once, and answers the last one that was given before. Holds the counter until the commit. */
export const reserveRecordNumbers = async (tx: Tx, count: number): Promise<number> => {
  await tx.run(sql`
    INSERT INTO medical_record_counters (tenant_id, last_number) VALUES (${tx.tenant}, ${count})
    ON DUPLICATE KEY UPDATE last_number = last_number + ${count}`);
  const counter = await tx.one<{ lastNumber: number }>(sql`
    SELECT last_number AS lastNumber FROM medical_record_counters WHERE tenant_id = ${tx.tenant}`);
  if (!counter) throw new Error('The counter of record numbers vanished inside its transaction');
  return counter.lastNumber - count;
};

const json = (value: object | null) => (value === null ? null : JSON.stringify(value));

/** Its words belong with it: the caller inserts them in the same transaction. */
export const insertPatient = (tx: Tx, p: Patient) =>
  tx.run(sql`
    INSERT INTO patients (tenant_id, id, user_id, medical_record_number, first_name, last_name, date_of_birth, sex,
      email, phone, address, preferred_language, emergency_contact, words_edition, version, created_at, updated_at)
    VALUES (${tx.tenant}, ${bin(p.id)}, ${bin(p.userId)}, ${p.medicalRecordNumber}, ${p.firstName}, ${p.lastName},
      ${p.dateOfBirth}, ${p.sex}, ${p.email}, ${p.phone}, ${p.address}, ${p.preferredLanguage},
      ${json(p.emergencyContact)}, ${WORDS_EDITION}, ${p.version}, ${p.createdAt}, ${p.updatedAt})`);

export const updatePatient = (tx: Tx, p: Patient) =>
  tx.run(sql`
    UPDATE patients SET first_name = ${p.firstName}, last_name = ${p.lastName}, date_of_birth = ${p.dateOfBirth},
      sex = ${p.sex}, email = ${p.email}, phone = ${p.phone}, address = ${p.address},
      preferred_language = ${p.preferredLanguage}, emergency_contact = ${json(p.emergencyContact)},
      version = ${p.version}, updated_at = ${p.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(p.id)}`);

/** Whose account it is: null for nobody's. One account has one live record. */
export const updateUserOfPatient = (tx: Tx, id: string, userId: string | null) =>
  tx.run(sql`
    UPDATE patients SET user_id = ${bin(userId)} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** Everything that leads to the duplicate, and to what was merged into it before, leads to the survivor. */
export const markMerged = (tx: Tx, { from, to }: { from: string; to: string }, now: Date) =>
  tx.run(sql`
    UPDATE patients SET merged_into = ${bin(to)}, deleted_at = coalesce(deleted_at, ${now})
    WHERE tenant_id = ${tx.tenant} AND (id = ${bin(from)} OR merged_into = ${bin(from)})`);

/** Appointments of the past still name the patient, so the row stays. */
export const deletePatient = (tx: Tx, id: string, deletedAt: Date) =>
  tx.run(sql`
    UPDATE patients SET deleted_at = ${deletedAt} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** 404 for one who is gone. */
export const lockPatient = async (tx: Tx, id: string): Promise<void> => {
  const found = await tx.one(sql`
    SELECT id FROM patients
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND deleted_at IS NULL FOR UPDATE`);
  if (!found) throw new AppError(patientProblems.patient_not_found);
};

import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { and, bin, count, list, rows, sql, type Sql } from '../../../database/sql.ts';
import type { Patient } from '../models/patient.ts';
import { WORDS_EDITION, wordsOf } from '../models/search-words.ts';
import { patientColumns } from './patient.repository.ts';

export type PatientFilter = {
  readonly limit: number;
  readonly after: string | undefined;
  /** Beginnings of words, of which a patient has to have each; none: nobody is found. */
  readonly beginnings?: readonly string[] | undefined;
  /** Whole words, all of which a patient has to have. */
  readonly words?: readonly string[] | undefined;
  /** Only these, where it is given. */
  readonly ids?: readonly string[] | undefined;
  readonly dateOfBirth?: string | undefined;
  readonly email?: string | undefined;
  readonly medicalRecordNumber?: string | undefined;
};

/** Sorts behind every word that begins with what stands before it: the words are compared code point by code point. */
const LAST = '\u{10ffff}';

/** More words than that narrow nothing down, and each is a join. */
const MAX_WORDS = 8;

/** One condition for each word that is asked for, on an alias of its own. */
const conditionsOf = ({ beginnings = [], words = [] }: PatientFilter): ((alias: Sql) => Sql)[] => [
  ...words.map((word) => (alias: Sql) => sql`${alias}.word = ${word}`),
  ...beginnings.map((word) => (alias: Sql) => sql`${alias}.word BETWEEN ${word} AND ${word + LAST}`),
];

const aliases = [sql`w0`, sql`w1`, sql`w2`, sql`w3`, sql`w4`, sql`w5`, sql`w6`, sql`w7`];

const ofIds = (column: Sql, { after, ids }: PatientFilter) =>
  and(
    after === undefined ? undefined : sql`${column} > ${bin(after)}`,
    ids && sql`${column} IN ${list(ids.map((id) => bin(id)))}`,
  );

/** The ids of those who have every word, the first of a page. The optimizer begins with the rarest word. */
const withWords = (db: Db, filter: PatientFilter): Sql => {
  const [first = () => sql`FALSE`, ...others] = conditionsOf(filter).slice(0, MAX_WORDS);
  const joins = others.reduce<Sql>(
    (all, condition, at) => {
      const alias = aliases[at + 1] ?? sql``;
      return sql`${all}
      JOIN patient_words ${alias} ON ${alias}.tenant_id = w0.tenant_id AND ${alias}.patient_id = w0.patient_id
        AND ${condition(alias)}`;
    },
    sql``,
  );
  return sql`SELECT DISTINCT w0.patient_id FROM patient_words w0 ${joins}
    WHERE w0.tenant_id = ${db.tenant} AND ${first(sql`w0`)} ${ofIds(sql`w0.patient_id`, filter)}
    ORDER BY w0.patient_id LIMIT ${count(filter.limit + 1)}`;
};

/** In the order of creation, one row more than `limit`. */
export const listPatients = (db: Db, filter: PatientFilter): Promise<Patient[]> => {
  const { beginnings, words = [], dateOfBirth, email, medicalRecordNumber, limit } = filter;
  const hasWords = beginnings !== undefined || words.length > 0;
  return db.many<Patient>(sql`
    SELECT ${patientColumns} FROM patients ${hasWords ? sql`JOIN (${withWords(db, filter)}) found ON found.patient_id = id` : sql``}
    WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL ${ofIds(sql`id`, filter)} ${and(
      dateOfBirth === undefined ? undefined : sql`date_of_birth = ${dateOfBirth}`,
      email === undefined ? undefined : sql`email = ${email}`,
      medicalRecordNumber === undefined ? undefined : sql`medical_record_number = ${medicalRecordNumber}`,
    )}
    ORDER BY id LIMIT ${count(limit + 1)}`);
};

const MAX_LIKELY = 50;

type Telling = {
  /** The word of the birth date, and one of the name. */
  readonly born: readonly [date: string, name: string] | undefined;
  readonly contacts: readonly string[];
};

/** Records that share birth date and name, or a way to reach them. */
export const listLikely = async (db: Db, { born, contacts }: Telling): Promise<Patient[]> => {
  const likely = (ids: Sql) =>
    db.many<Patient>(sql`
      SELECT ${patientColumns} FROM patients
      WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL AND id IN (SELECT patient_id FROM (${ids}) found)`);
  const alike = born
    ? await likely(sql`
        SELECT d.patient_id FROM patient_words d
          JOIN patient_words n ON n.tenant_id = d.tenant_id AND n.patient_id = d.patient_id AND n.word = ${born[1]}
        WHERE d.tenant_id = ${db.tenant} AND d.word = ${born[0]} LIMIT ${count(MAX_LIKELY)}`)
    : [];
  const reached =
    contacts.length === 0
      ? []
      : await likely(sql`
          SELECT DISTINCT patient_id FROM patient_words
          WHERE tenant_id = ${db.tenant} AND word IN ${list(contacts)} LIMIT ${count(MAX_LIKELY)}`);
  return [...alike, ...reached.filter(({ id }) => !alike.some((patient) => patient.id === id))];
};

/** Replaces the words of the patient by those of what they are now. */
export const writeWords = async (tx: Tx, patient: Patient): Promise<void> => {
  const { id } = patient;
  await deleteWords(tx, id);
  const tuples = wordsOf(patient).map((word) => [tx.tenant, bin(id), word]);
  await tx.run(sql`INSERT INTO patient_words (tenant_id, patient_id, word) VALUES ${rows(tuples)}`);
  await tx.run(sql`
    UPDATE patients SET words_edition = ${WORDS_EDITION} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);
};

/** Who is gone is not found any more. */
export const deleteWords = (tx: Tx, id: string) =>
  tx.run(sql`DELETE FROM patient_words WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(id)}`);

/** Patients of all tenants whose words are of an older edition. */
export const listWithOldWords = (db: SystemDb, limit: number) =>
  db.many<{ tenantId: string; id: string }>(sql`
    SELECT tenant_id AS tenantId, id FROM patients
    WHERE words_edition < ${WORDS_EDITION} AND deleted_at IS NULL LIMIT ${count(limit)}`);

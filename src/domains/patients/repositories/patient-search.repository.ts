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

/** What a word of the patient has to be. */
type Condition = Sql;

/** Each on a table `w`. */
const conditionsOf = ({ beginnings = [], words = [] }: PatientFilter): Condition[] =>
  [
    ...words.map((word) => sql`w.word = ${word}`),
    ...beginnings.map((word) => sql`w.word BETWEEN ${word} AND ${word + LAST}`),
  ].slice(0, MAX_WORDS);

/** One look into the primary key. The LIMIT keeps the optimizers from turning it into a join, which they order badly. */
const hasWord = (tenant: Buffer, patientId: Sql, condition: Condition): Sql =>
  sql`(SELECT 1 FROM patient_words w
      WHERE w.tenant_id = ${tenant} AND w.patient_id = ${patientId} AND ${condition} LIMIT 1) = 1`;

const MOST_COUNTED = 20_000;
/** What is taken for the number of words that were not all counted. */
const MANY = 100_000;

/** How many words fulfil the condition; no more than {@link MOST_COUNTED} are counted. */
const countWords = async (db: Db, condition: Condition): Promise<number> => {
  const row = await db.one<{ counted: number }>(sql`
    SELECT COUNT(*) AS counted FROM (
      SELECT 1 FROM patient_words w WHERE w.tenant_id = ${db.tenant} AND ${condition} LIMIT ${count(MOST_COUNTED)}
    ) few`);
  return row?.counted ?? 0;
};

const countPatients = async (db: Db): Promise<number> => {
  const row = await db.one<{ lastNumber: number }>(sql`
    SELECT last_number AS lastNumber FROM medical_record_counters WHERE tenant_id = ${db.tenant}`);
  return row?.lastNumber ?? 1;
};

/**
 * Where to begin: with the patients who have the rarest word, or, undefined, with all patients in their order, which
 * soon finds a page of them where every word is common. The cheaper one, by the number of patients that are looked at.
 */
const rarestOf = async (
  db: Db,
  conditions: readonly Condition[],
  limit: number,
): Promise<Condition | undefined> => {
  const counted: { condition: Condition; words: number }[] = [];
  for (const condition of conditions) counted.push({ condition, words: await countWords(db, condition) });
  const [rarest] = counted.toSorted((a, b) => a.words - b.words);
  if (!rarest) return undefined;
  const patients = await countPatients(db);
  const isAmong = counted.reduce((all, { words }) => all * Math.min(1, words / patients), 1);
  const begun = rarest.words === MOST_COUNTED ? MANY : rarest.words;
  return limit / isAmong < begun ? undefined : rarest.condition;
};

const ofIds = (column: Sql, { after, ids }: PatientFilter) =>
  and(
    after === undefined ? undefined : sql`${column} > ${bin(after)}`,
    ids && sql`${column} IN ${list(ids.map((id) => bin(id)))}`,
  );

/** The ids of those who have the rarest word and all others: the first of a page. */
const beginningWith = (
  db: Db,
  rarest: Condition,
  others: readonly Condition[],
  filter: PatientFilter,
): Sql => sql`
  SELECT DISTINCT rare.patient_id FROM (
    SELECT w.patient_id FROM patient_words w FORCE INDEX (ix_patient_words_word)
    WHERE w.tenant_id = ${db.tenant} AND ${rarest} ${ofIds(sql`w.patient_id`, filter)}
  ) rare
  WHERE TRUE ${and(...others.map((other) => hasWord(db.tenant, sql`rare.patient_id`, other)))}
  ORDER BY rare.patient_id LIMIT ${count(filter.limit + 1)}`;

/** In the order of creation, one row more than `limit`. */
export const listPatients = async (db: Db, filter: PatientFilter): Promise<Patient[]> => {
  const { beginnings, dateOfBirth, email, medicalRecordNumber, limit } = filter;
  const conditions = conditionsOf(filter);
  if (beginnings?.length === 0) return [];
  const rarest = filter.ids ? undefined : await rarestOf(db, conditions, limit);
  const others = conditions.filter((condition) => condition !== rarest);
  const found =
    rarest && sql`JOIN (${beginningWith(db, rarest, others, filter)}) found ON found.patient_id = p.id`;
  return db.many<Patient>(sql`
    SELECT ${patientColumns} FROM patients p ${found ?? sql``}
    WHERE p.tenant_id = ${db.tenant} AND p.deleted_at IS NULL ${ofIds(sql`p.id`, filter)} ${and(
      ...(rarest ? [] : conditions.map((condition) => hasWord(db.tenant, sql`p.id`, condition))),
      dateOfBirth === undefined ? undefined : sql`p.date_of_birth = ${dateOfBirth}`,
      email === undefined ? undefined : sql`p.email = ${email}`,
      medicalRecordNumber === undefined ? undefined : sql`p.medical_record_number = ${medicalRecordNumber}`,
    )}
    ORDER BY p.id LIMIT ${count(limit + 1)}`);
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

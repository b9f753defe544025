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

const MOST_COUNTED = 50_000;
/** Walking along the patients is that much cheaper for each of them than looking one up. */
const LOOKUP_COST = 10;

type Counted = { readonly condition: Condition; readonly words: number };

/** How many words fulfil the condition; no more than {@link MOST_COUNTED} are counted. */
const countWords = async (db: Db, condition: Condition): Promise<Counted> => {
  const row = await db.one<{ counted: number }>(sql`
    SELECT COUNT(*) AS counted FROM (
      SELECT 1 FROM patient_words w WHERE w.tenant_id = ${db.tenant} AND ${condition} LIMIT ${count(MOST_COUNTED)}
    ) few`);
  return { condition, words: row?.counted ?? 0 };
};

const countPatients = async (db: Db): Promise<number> => {
  const row = await db.one<{ lastNumber: number }>(sql`
    SELECT last_number AS lastNumber FROM medical_record_counters WHERE tenant_id = ${db.tenant}`);
  return row?.lastNumber ?? 1;
};

/**
 * Whether a page is found sooner by walking along the patients in their order than from the words: where every word is
 * common. Words that are independent of each other are assumed.
 */
const isWalkCheaper = async (db: Db, counted: readonly Counted[], limit: number): Promise<boolean> => {
  const rarest = Math.min(...counted.map(({ words }) => words));
  if (rarest === MOST_COUNTED) return true;
  const patients = await countPatients(db);
  const share = counted.reduce((all, { words }) => all * Math.min(1, words / patients), 1);
  return limit / share < rarest * LOOKUP_COST;
};

const ofIds = (column: Sql, { after, ids }: PatientFilter) =>
  and(
    after === undefined ? undefined : sql`${column} > ${bin(after)}`,
    ids && sql`${column} IN ${list(ids.map((id) => bin(id)))}`,
  );

/** Those who have a word, each once: read along the index of words, which holds nothing else. */
const having = (db: Db, condition: Condition, filter: PatientFilter): Sql => sql`(
  SELECT DISTINCT w.patient_id FROM patient_words w FORCE INDEX (ix_patient_words_word)
  WHERE w.tenant_id = ${db.tenant} AND ${condition} ${ofIds(sql`w.patient_id`, filter)})`;

const names = [sql`h0`, sql`h1`, sql`h2`, sql`h3`, sql`h4`, sql`h5`, sql`h6`, sql`h7`];

/**
 * Patients who have every word, the rarest read first; a word that is too common to be read is looked up for them. The order
 * of the joins is said, since it is where optimizers go wrong.
 */
const patientsHaving = (db: Db, counted: readonly Counted[], filter: PatientFilter): Sql => {
  const read = counted.filter(({ words }) => words < MOST_COUNTED).toSorted((a, b) => a.words - b.words);
  const joined = read.reduce<Sql>(
    (all, { condition }, at) => {
      const name = names[at] ?? sql``;
      const table = sql`${having(db, condition, filter)} ${name}`;
      return at === 0 ? table : sql`${all} STRAIGHT_JOIN ${table} ON ${name}.patient_id = h0.patient_id`;
    },
    sql``,
  );
  return sql`${joined} STRAIGHT_JOIN patients p ON p.tenant_id = ${db.tenant} AND p.id = h0.patient_id`;
};

/** In the order of creation, one row more than `limit`. */
export const listPatients = async (db: Db, filter: PatientFilter): Promise<Patient[]> => {
  const { beginnings, dateOfBirth, email, medicalRecordNumber, limit } = filter;
  if (beginnings?.length === 0) return [];
  const counted: Counted[] = [];
  for (const condition of conditionsOf(filter)) {
    counted.push(filter.ids ? { condition, words: MOST_COUNTED } : await countWords(db, condition));
  }
  const walks = counted.length === 0 || (await isWalkCheaper(db, counted, limit));
  const lookedUp = counted.filter(({ words }) => walks || words === MOST_COUNTED);
  return db.many<Patient>(sql`
    SELECT ${patientColumns} FROM ${walks ? sql`patients p` : patientsHaving(db, counted, filter)}
    WHERE p.tenant_id = ${db.tenant} AND p.deleted_at IS NULL ${ofIds(sql`p.id`, filter)} ${and(
      ...lookedUp.map(({ condition }) => hasWord(db.tenant, sql`p.id`, condition)),
      dateOfBirth === undefined ? undefined : sql`p.date_of_birth = ${dateOfBirth}`,
      email === undefined ? undefined : sql`p.email = ${email}`,
      medicalRecordNumber === undefined ? undefined : sql`p.medical_record_number = ${medicalRecordNumber}`,
    )}
    ORDER BY p.id LIMIT ${count(limit + 1)}`);
};

const MAX_LIKELY = 50;

type Telling = {
  /** The word of the birth date, and two of the name. */
  readonly born: readonly [date: string, name: string, other: string] | undefined;
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
          JOIN patient_words o ON o.tenant_id = d.tenant_id AND o.patient_id = d.patient_id AND o.word = ${born[2]}
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
  await insertWords(tx, patient);
  await tx.run(sql`
    UPDATE patients SET words_edition = ${WORDS_EDITION} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);
};

/** For a patient who has none yet. */
export const insertWords = (tx: Tx, patient: Patient) => {
  const tuples = wordsOf(patient).map((word) => [tx.tenant, bin(patient.id), word]);
  return tx.run(sql`INSERT INTO patient_words (tenant_id, patient_id, word) VALUES ${rows(tuples)}`);
};

/** Who is gone is not found any more. */
export const deleteWords = (tx: Tx, id: string) =>
  tx.run(sql`DELETE FROM patient_words WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(id)}`);

/** Patients of all tenants whose words are of an older edition. */
export const listWithOldWords = (db: SystemDb, limit: number) =>
  db.many<{ tenantId: string; id: string }>(sql`
    SELECT tenant_id AS tenantId, id FROM patients
    WHERE words_edition < ${WORDS_EDITION} AND deleted_at IS NULL LIMIT ${count(limit)}`);

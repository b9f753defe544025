import type { Tx } from '../../../database/db.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { type CsvRow, readRow } from '../models/import-rows.ts';
import { type ImportFinding, MAX_FINDINGS, noTally, type Reading, type Tally } from '../models/import.ts';
import { nameKey } from '../models/search-words.ts';
import type { CreatePatient } from '../validators/patient.ts';
import { listDuplicates, type PatientRegister } from './patient-register.service.ts';

export type ImportActor = TenantCtx & Pick<Ctx, 'userId'> & Partial<Pick<Ctx, 'role'>>;
type Known = ReadonlyMap<string, number>;

const YIELD_EVERY = 200;
const pause = () => new Promise((resolve) => setImmediate(resolve));

const keyOf = (patient: CreatePatient): string => `${patient.dateOfBirth} ${nameKey(patient)}`;

/** Everything that is wrong with any row, and the first line of each person. Lets others go on meanwhile. */
export const checkRows = async (rows: readonly CsvRow[], reading: Reading, now: Date) => {
  const firstLines = new Map<string, number>();
  const errors: ImportFinding[] = [];
  let faulty = 0;
  for (const [at, row] of rows.entries()) {
    if (at % YIELD_EVERY === 0) await pause();
    const read = readRow(row, reading, now);
    if ('errors' in read) {
      faulty += 1;
      if (errors.length < MAX_FINDINGS) errors.push(...read.errors);
      continue;
    }
    const key = keyOf(read.patient);
    if (!firstLines.has(key)) firstLines.set(key, row.line);
  }
  return { errors: errors.slice(0, MAX_FINDINGS), faulty, firstLines };
};

/** Finds out of some rows who is there already, and enters the others, unless it is a dry run. */
export const takeRows = async (
  tx: Tx,
  ctx: ImportActor,
  rows: readonly CsvRow[],
  {
    reading,
    dryRun,
    firstLines,
    register,
    now,
  }: {
    reading: Reading;
    dryRun: boolean;
    firstLines: Known;
    register: PatientRegister;
    now: Date;
  },
): Promise<Tally> => {
  const tally = noTally();
  for (const row of rows) {
    const read = readRow(row, reading, now);
    if ('errors' in read) continue;
    const found = reading.keepDuplicates
      ? undefined
      : await duplicateOf(tx, row.line, read.patient, firstLines);
    if (found) {
      tally.duplicates += 1;
      tally.findings.push(found);
    } else {
      tally.created += 1;
      if (!dryRun) await register.enter(tx, ctx, { ...read.patient, userId: null });
    }
  }
  return tally;
};

const duplicateOf = async (
  tx: Tx,
  line: number,
  patient: CreatePatient,
  firstLines: Known,
): Promise<ImportFinding | undefined> => {
  const first = firstLines.get(keyOf(patient));
  const finding = { line, kind: 'duplicate' as const, field: null };
  if (first !== undefined && first < line) {
    return { ...finding, detail: `is the same person as on line ${first}`, patientId: null };
  }
  const [candidate] = await listDuplicates(tx, patient);
  if (!candidate) return undefined;
  return {
    ...finding,
    detail: `seems to be there: ${candidate.matches.join(', ')}`,
    patientId: candidate.id,
  };
};

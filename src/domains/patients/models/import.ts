import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** Something about one row that its owner should know. */
export const ImportFinding = z.object({
  /** The first line of the row in the text, from 1. */
  line: z.int(),
  kind: z.enum(['error', 'duplicate']),
  field: z.string().nullable(),
  detail: z.string(),
  /** The patient who seems to be there already. */
  patientId: Id.nullable(),
});
export type ImportFinding = z.output<typeof ImportFinding>;

/**
 * queued, running: rows are being read. checked: a dry run is done. refused: rows have errors, and nobody was added.
 * imported: everybody was added but the duplicates.
 */
export const ImportStatus = z.enum(['queued', 'running', 'checked', 'refused', 'imported']);

export const PatientImport = z
  .object({
    id: Id,
    status: ImportStatus,
    dryRun: z.boolean(),
    totalRows: z.int(),
    doneRows: z.int(),
    /** How many patients were added; in a dry run, would be. */
    created: z.int(),
    duplicates: z.int(),
    errors: z.int(),
    /** Columns that mean nothing here. */
    ignoredColumns: z.array(z.string()),
    /** The first thousand. */
    findings: z.array(ImportFinding),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
  })
  .meta({ id: 'PatientImport' });
export type PatientImport = z.output<typeof PatientImport>;

export const MAX_FINDINGS = 1_000;

export const Reading = z.object({
  delimiter: z.string(),
  /** The field that each column means, by its place; null: none. */
  columns: z.array(z.string().nullable()),
  ignoredColumns: z.array(z.string()),
  keepDuplicates: z.boolean(),
});
export type Reading = z.output<typeof Reading>;

/** An import that is under way: what has come of it so far, and what is to be read. */
export type RunningImport = Omit<PatientImport, 'ignoredColumns'> & {
  readonly reading: Reading;
  readonly startedBy: string;
};

/** What came of some rows. */
export type Tally = { created: number; duplicates: number; errors: number; findings: ImportFinding[] };

export const noTally = (): Tally => ({ created: 0, duplicates: 0, errors: 0, findings: [] });

export const withTally = (run: RunningImport, tally: Tally, rows: number): RunningImport => ({
  ...run,
  doneRows: run.doneRows + rows,
  created: run.created + tally.created,
  duplicates: run.duplicates + tally.duplicates,
  errors: run.errors + tally.errors,
  findings: [...run.findings, ...tally.findings].slice(0, MAX_FINDINGS),
});

export const shownImport = ({ reading, ...run }: RunningImport): PatientImport => ({
  ...run,
  ignoredColumns: reading.ignoredColumns,
});

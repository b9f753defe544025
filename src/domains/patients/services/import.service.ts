import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { type CsvRow, readingOf, rowsOf } from '../models/import-rows.ts';
import { type PatientImport, type RunningImport, shownImport, withTally } from '../models/import.ts';
import { patientProblems } from '../problems.ts';
import {
  findImport,
  findImportText,
  findImportToRun,
  insertImport,
  listOpenImports,
  updateImport,
} from '../repositories/import.repository.ts';
import type { ImportPatients } from '../validators/import.ts';
import { checkRows, type ImportActor, takeRows } from './import-rows.ts';
import type { PatientRegister } from './patient-register.service.ts';

export type ImportDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  logger: Logger;
  register: PatientRegister;
};
export type ImportService = ReturnType<typeof createImportService>;

/** As many are dealt with while the request waits; more in the background, as many at once. */
const AT_ONCE = 100;
/** How long one import is worked on before it is another's turn, and before a process that stops is let go. */
const TURN_MS = 2_000;
const MAX_ROWS = 100_000;
const IMPORTS_AT_ONCE = 10;

/** Brings patients from elsewhere. */
export const createImportService = ({ database, audit, clock, logger, register }: ImportDeps) => {
  const finished = (run: RunningImport, status: PatientImport['status']): RunningImport => ({
    ...run,
    status,
    finishedAt: clock.now(),
  });

  /** The next rows, in the transaction in which they become patients: a run that is broken off goes on behind them. */
  const take = async (
    tx: Tx,
    ctx: ImportActor,
    run: RunningImport,
    rows: readonly CsvRow[],
    firstLines: ReadonlyMap<string, number>,
  ): Promise<RunningImport> => {
    const next = rows.slice(run.doneRows, run.doneRows + AT_ONCE);
    const { reading, dryRun } = run;
    const tally = await takeRows(tx, ctx, next, { reading, dryRun, firstLines, register, now: clock.now() });
    const after = withTally({ ...run, status: 'running' }, tally, next.length);
    if (after.doneRows < run.totalRows) return after;
    return finished(after, dryRun ? 'checked' : 'imported');
  };

  /** What is known before the first row is taken: with errors nobody is added at all. */
  const checked = (run: RunningImport, { errors, faulty }: Awaited<ReturnType<typeof checkRows>>) => {
    const after = { ...run, errors: faulty, findings: errors };
    if (faulty > 0 && !run.dryRun) return finished({ ...after, doneRows: run.totalRows }, 'refused');
    return after;
  };

  const newRun = (ctx: Ctx, wanted: ImportPatients) => {
    const { reading, rows } = readingOf(wanted.csv, {
      delimiter: wanted.delimiter,
      mapping: wanted.mapping,
      keepDuplicates: wanted.duplicates === 'create',
    });
    if (rows.length === 0) throw invalid('/csv', 'has no rows behind the heading');
    if (rows.length > MAX_ROWS) throw invalid('/csv', `must have at most ${MAX_ROWS} rows`);
    const run: RunningImport = {
      id: newId(),
      status: 'queued',
      dryRun: wanted.dryRun,
      totalRows: rows.length,
      doneRows: 0,
      created: 0,
      duplicates: 0,
      errors: 0,
      findings: [],
      reading,
      startedBy: ctx.userId,
      createdAt: clock.now(),
      finishedAt: null,
    };
    return { run, rows };
  };

  /** One bite of an import, unless another process is at it. Whether there is more to do. */
  const bite = (
    tenantId: string,
    id: string,
    rows: readonly CsvRow[],
    found: Awaited<ReturnType<typeof checkRows>>,
  ): Promise<boolean> =>
    database.transaction({ tenantId }, async (tx) => {
      const run = await findImportToRun(tx, id);
      if (!run || run.finishedAt !== null) return false;
      const begun = run.status === 'queued' ? checked(run, found) : run;
      const ctx = { tenantId, userId: run.startedBy, requestId: id, address: '', userAgent: 'import' };
      const after = begun.finishedAt === null ? await take(tx, ctx, begun, rows, found.firstLines) : begun;
      await updateImport(tx, after);
      return after.finishedAt === null;
    });

  const runInBackground = async (tenantId: string, id: string) => {
    const db = database.read(tenantId);
    const [run, csv] = [await findImport(db, id), await findImportText(db, id)];
    if (!run || csv === undefined) return;
    const rows = rowsOf(csv, run.reading.delimiter).slice(1);
    const found = await checkRows(rows, run.reading, clock.now());
    const until = performance.now() + TURN_MS;
    while ((await bite(tenantId, id, rows, found)) && performance.now() < until);
  };

  return {
    /** A short list is dealt with at once; a long one in the background, and `get` tells how far it is. */
    start: async (ctx: Ctx, wanted: ImportPatients): Promise<PatientImport> => {
      const { run, rows } = newRun(ctx, wanted);
      const isShort = rows.length <= AT_ONCE;
      const found = isShort ? await checkRows(rows, run.reading, clock.now()) : undefined;
      return database.transaction(ctx, async (tx) => {
        const begun = found ? checked(run, found) : run;
        const after =
          found && begun.finishedAt === null ? await take(tx, ctx, begun, rows, found.firstLines) : begun;
        await insertImport(tx, after, isShort ? null : wanted.csv);
        await audit.record(tx, ctx, {
          action: 'patient.import_started',
          resourceType: 'patient_import',
          resourceId: run.id,
          changes: { dryRun: run.dryRun, rows: run.totalRows },
        });
        return shownImport(after);
      });
    },

    get: async (ctx: Ctx, id: string): Promise<PatientImport> => {
      const run = await findImport(database.read(ctx.tenantId), id);
      if (!run) throw new AppError(patientProblems.import_not_found);
      return shownImport(run);
    },

    /** Goes on with what is not finished, also with what another process has left. */
    sweep: async (): Promise<void> => {
      for (const { tenantId, id } of await listOpenImports(database.system, IMPORTS_AT_ONCE)) {
        try {
          await runInBackground(tenantId, id);
        } catch (error) {
          logger.warn({ err: error, tenantId, id }, 'An import was broken off; it will go on later');
        }
      }
    },
  };
};

import type { Marker } from '../../../database/audit-row.ts';
import type { Database, Db } from '../../../database/db.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { type Batch, hashOfBatch, hashOfRows, inPortions, ROWS_AT_ONCE } from '../models/batch.ts';
import type { Fault, Verification } from '../models/verification.ts';
import { listArchives } from '../repositories/archive.repository.ts';
import type { StoredRow } from '../repositories/audit-log.repository.ts';
import {
  findLastBatch,
  findStrayBatch,
  listBatches,
  listRowsOf,
  listUnsealed,
} from '../repositories/batch.repository.ts';

export type VerifierDeps = { database: Database; clock: Clock; marker: Marker };
export type Verifier = ReturnType<typeof createVerifier>;

const BATCHES_AT_ONCE = 100;

const fault = (batch: number, kind: Fault['kind'], detail: string): Fault => ({ batch, kind, detail });

/** What is wrong with a batch itself, and with its place behind `previous`. */
const faultInChain = (tenantId: string, previous: Batch | undefined, batch: Batch): Fault | undefined => {
  const expected = (previous?.number ?? 0) + 1;
  if (batch.number !== expected) return fault(expected, 'batch_removed', 'The batch is gone.');
  if (!hashOfBatch(tenantId, batch).equals(batch.hash))
    return fault(batch.number, 'batch_changed', 'What the batch says of itself does not match its hash.');
  if (!(batch.previousHash ?? Buffer.of()).equals(previous?.hash ?? Buffer.of()))
    return fault(batch.number, 'batch_changed', 'The batch does not follow the one before it.');
  if (batch.beforeMarks && previous && !previous.beforeMarks)
    return fault(batch.number, 'row_put_in', 'Rows without marks were put in after marked ones.');
  return undefined;
};

const faultInRows = (batch: Batch, rows: readonly StoredRow[]): Fault | undefined => {
  const { number, rowCount, strangerCount } = batch;
  const has = `The batch was sealed with ${rowCount} rows and has ${rows.length}.`;
  if (rows.length < rowCount) return fault(number, 'row_removed', has);
  if (rows.length > rowCount) return fault(number, 'row_put_in', has);
  if (!hashOfRows(rows).equals(batch.rowsHash))
    return fault(number, 'row_changed', 'Its rows are not those that were sealed.');
  if (strangerCount > 0)
    return fault(number, 'row_put_in', `The application did not write ${strangerCount} of its rows.`);
  return undefined;
};

/** Looks whether the trail is as it was written, from the first batch to the rows of this second. Changes nothing. */
export const createVerifier = ({ database, clock, marker }: VerifierDeps) => {
  const isArchived = async (db: Db, number: number) =>
    (await listArchives(db)).some(({ firstBatch, lastBatch }) => number >= firstBatch && number <= lastBatch);

  const faultsInBatches = async (db: Db, batches: readonly Batch[]): Promise<Fault | undefined> => {
    const numbers = batches.map(({ number }) => number);
    const rows = await listRowsOf(db, numbers);
    for (const batch of batches) {
      const own = rows.filter((row) => row.batch === batch.number);
      const found = faultInRows(batch, own);
      // It may have gone into an archive while it was read.
      if (found && !(await isArchived(db, batch.number))) return found;
    }
    return undefined;
  };

  const faultInUnsealed = async (db: Db, last: Batch | undefined) => {
    let found: Fault | undefined;
    let rows = 0;
    let page: StoredRow[] = [];
    do {
      page = await listUnsealed(db, page.at(-1)?.id, ROWS_AT_ONCE);
      rows += page.length;
      const isWrong = ({ mark, ...row }: StoredRow) =>
        mark === null ? last !== undefined && !last.beforeMarks : !marker.isOurs(db.tenantId, row, mark);
      if (page.some(isWrong))
        found ??= fault(
          (last?.number ?? 0) + 1,
          'row_put_in',
          'Among the rows that wait for this batch is one that the application did not write.',
        );
    } while (page.length === ROWS_AT_ONCE);
    return { found, rows };
  };

  /** Batches in the order of their numbers, a few at a time. `onBatch` may find a fault of its own. */
  const walk = async (db: Db, onBatch: (batch: Batch) => Fault | undefined) => {
    const archives = await listArchives(db);
    const archived = (number: number) =>
      archives.some(({ firstBatch, lastBatch }) => number >= firstBatch && number <= lastBatch);
    const seen = { batches: 0, rows: 0, archivedBatches: 0 };
    let last: Batch | undefined;
    for (;;) {
      const batches = await listBatches(db, last?.number ?? 0, BATCHES_AT_ONCE);
      const good: Batch[] = [];
      let broken: Fault | undefined;
      for (const batch of batches) {
        seen.batches += 1;
        broken = faultInChain(db.tenantId, last, batch) ?? onBatch(batch);
        if (broken) break;
        good.push(batch);
        last = batch;
      }
      const present = good.filter(({ number }) => !archived(number));
      for (const some of inPortions(present)) {
        const found = await faultsInBatches(db, some);
        if (found) return { found, last, ...seen };
        seen.rows += some.reduce((sum, { rowCount }) => sum + rowCount, 0);
      }
      seen.archivedBatches += good.length - present.length;
      if (broken || batches.length < BATCHES_AT_ONCE) return { found: broken, last, ...seen };
    }
  };

  const strayFault = async (db: Db): Promise<Fault | undefined> => {
    const stray = await findStrayBatch(db);
    return stray === undefined
      ? undefined
      : fault(stray, 'row_put_in', 'There are rows under this number, which are of no batch.');
  };

  return {
    /** `onBatch` is called with each batch that is whole, and may say that it is another one than it should be. */
    verify: async (
      tenantId: string,
      onBatch: (batch: Batch) => Fault | undefined = () => undefined,
    ): Promise<Verification> => {
      const db = database.read(tenantId);
      // First, since they may be sealed at any moment: then they are met again in their batch, and none is missed.
      const unsealed = await faultInUnsealed(db, await findLastBatch(db));
      const { found, last, ...seen } = await walk(db, onBatch);
      const stray = await strayFault(db);
      const first = firstOf(found, stray, unsealed.found);
      return {
        valid: first === null,
        fault: first,
        ...seen,
        unsealedRows: unsealed.rows,
        head: last ? { batch: last.number, hash: last.hash.toString('hex'), sealedAt: last.sealedAt } : null,
        verifiedAt: clock.now(),
      };
    },
  };
};

const firstOf = (...faults: readonly (Fault | undefined)[]): Fault | null =>
  faults
    .filter((each) => each !== undefined)
    .toSorted((a, b) => a.batch - b.batch)
    .at(0) ?? null;

import { join } from 'node:path';
import { createAuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { MasterKeys } from '../../../shared/crypto/master-keys.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { ArchiveDamaged, headOf, linesOf } from '../models/archive-file.ts';
import { type Batch, hashOfRows, inPortions } from '../models/batch.ts';
import type { Fault } from '../models/verification.ts';
import {
  extendArchive,
  insertArchive,
  listArchives,
  removeRowsOf,
} from '../repositories/archive.repository.ts';
import { listBatches, listRowsOf } from '../repositories/batch.repository.ts';
import { type ArchiveFile, ArchiveError, readArchiveFile, writeArchiveFile } from './archive-store.ts';
import type { Verifier } from './verifier.ts';

export type ArchiverDeps = {
  database: Database;
  clock: Clock;
  config: { readonly masterKeys: MasterKeys };
  verifier: Verifier;
};
export type Archiver = ReturnType<typeof createArchiver>;

/** What became of the trail of one clinic. */
export type Archived = {
  readonly fault: Fault | null;
  readonly file: string | null;
  readonly batches: number;
  readonly rows: number;
};
export type ArchiveOptions = {
  readonly before: Date;
  readonly folder: string;
  readonly onProgress?: (rows: number, ofRows: number) => void;
};

const BATCHES_AT_ONCE = 100;

const damaged = (batch: number, detail: string): Fault => ({ batch, kind: 'archive_damaged', detail });
const rowsIn = (batches: readonly Batch[]) => batches.reduce((sum, { rowCount }) => sum + rowCount, 0);

/** Moves old batches into files. Rows go only after a file that holds them was read again, and with the record of it. */
export const createArchiver = ({ database, clock, config, verifier }: ArchiverDeps) => {
  const trail = createAuditTrail(clock, config.masterKeys);

  /** The batches that come first and are old enough, up to the first that is not. */
  const dueBatches = async (tenantId: string, before: Date): Promise<Batch[]> => {
    const db = database.read(tenantId);
    const due: Batch[] = [];
    let after = (await listArchives(db)).at(-1)?.lastBatch ?? 0;
    for (;;) {
      const batches = await listBatches(db, after, BATCHES_AT_ONCE);
      const tooNew = batches.findIndex(({ lastOccurredAt }) => lastOccurredAt >= before);
      due.push(...(tooNew === -1 ? batches : batches.slice(0, tooNew)));
      if (tooNew !== -1 || batches.length < BATCHES_AT_ONCE) return due;
      after = due.at(-1)?.number ?? after;
    }
  };

  async function* withRows(tenantId: string, batches: readonly Batch[]) {
    for (const portion of inPortions(batches)) {
      const rows = await listRowsOf(
        database.read(tenantId),
        portion.map(({ number }) => number),
      );
      for (const batch of portion) yield { batch, rows: rows.filter((row) => row.batch === batch.number) };
    }
  }

  const noteArchive = async (tx: Tx, file: string, { firstBatch, lastBatch, rows }: ArchiveFile) => {
    const ctx = { requestId: newId(), address: '', userAgent: 'npm run audit:archive' };
    await trail.record(tx, ctx, {
      action: 'audit_log.archived',
      resourceType: 'audit_log',
      resourceId: null,
      changes: { file, firstBatch, lastBatch, rows },
    });
  };

  /** A portion of the rows goes, and the record says so; if anything is not as in the file, neither happens. */
  const removePortion = (tenantId: string, name: string, file: ArchiveFile, portion: readonly Batch[]) =>
    database.transaction({ tenantId }, async (tx) => {
      const numbers = portion.map(({ number }) => number);
      const rows = await listRowsOf(tx, numbers);
      for (const { number, rowsHash } of portion)
        if (!hashOfRows(rows.filter(({ batch }) => batch === number)).equals(rowsHash))
          throw new ArchiveError(
            `Batch ${number} has changed while it was archived, or another run archives it.`,
          );
      const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
      if (first === file.firstBatch) {
        const { bytes, sha256 } = file;
        const archivedAt = clock.now();
        await insertArchive(tx, {
          firstBatch: first,
          lastBatch: last,
          rowCount: rows.length,
          file: name,
          bytes,
          sha256,
          archivedAt,
        });
        await noteArchive(tx, name, file);
      } else await extendArchive(tx, file.firstBatch, last, rows.length);
      if ((await removeRowsOf(tx, numbers)) !== rows.length)
        throw new ArchiveError(`Another run archives the batches from ${first}.`);
    });

  const faultAgainst = (file: ArchiveFile, chain: readonly Batch[]): Fault | undefined => {
    const hashes = new Map(chain.map(({ number, hash }) => [number, hash]));
    const other = file.batches.find(({ number, hash }) => !hashes.get(number)?.equals(hash));
    return other && damaged(other.number, 'The database has no such batch in its chain.');
  };

  const chainFor = async (file: ArchiveFile) => {
    const chain: Batch[] = [];
    for (let after = file.firstBatch - 1; after < file.lastBatch; after += BATCHES_AT_ONCE)
      chain.push(...(await listBatches(database.read(file.tenantId), after, BATCHES_AT_ONCE)));
    return chain;
  };

  return {
    /** Archives the oldest batches of a clinic. Running it again after it died goes on where that was. */
    archive: async (
      tenantId: string,
      { before, folder, onProgress = () => undefined }: ArchiveOptions,
    ): Promise<Archived> => {
      const { fault } = await verifier.verify(tenantId);
      if (fault) return { fault, file: null, batches: 0, rows: 0 };
      const due = await dueBatches(tenantId, before);
      const [first, ...others] = due;
      if (!first) return { fault: null, file: null, batches: 0, rows: 0 };
      const head = headOf(tenantId, [first, ...others]);
      const name = `audit-${tenantId}-${head.firstBatch}-${head.lastBatch}.ndjson.gz`;
      const path = join(folder, name);
      const file = await writeArchiveFile(path, linesOf(head, withRows(tenantId, due)), (written) => {
        const wrong = faultAgainst(written, due);
        if (wrong) throw new ArchiveDamaged(wrong.batch, wrong.detail);
      });
      let done = 0;
      for (const portion of inPortions(due)) {
        await removePortion(tenantId, name, file, portion);
        done += rowsIn(portion);
        onProgress(done, file.rows);
      }
      return { fault: null, file: path, batches: due.length, rows: file.rows };
    },

    /** Whether a file is whole in itself, what the chain says of its batches, and the one that was recorded. */
    checkFile: async (
      path: string,
    ): Promise<{ tenantId: string | null; fault: Fault | null; batches: number; rows: number }> => {
      try {
        const file = await readArchiveFile(path);
        const archives = await listArchives(database.read(file.tenantId));
        const recorded = archives.find(({ firstBatch }) => firstBatch === file.firstBatch);
        const fault =
          faultAgainst(file, await chainFor(file)) ??
          (recorded && !recorded.sha256.equals(file.sha256)
            ? damaged(file.firstBatch, 'The file is not, byte for byte, the one that was archived.')
            : null);
        return { tenantId: file.tenantId, fault, batches: file.batches.length, rows: file.rows };
      } catch (error) {
        if (!(error instanceof ArchiveDamaged)) throw error;
        return { tenantId: null, fault: damaged(error.batch, error.message), batches: 0, rows: 0 };
      }
    },
  };
};

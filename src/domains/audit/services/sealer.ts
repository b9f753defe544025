import type { Marker } from '../../../database/audit-row.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { type Batch, hashOfRows, sealed } from '../models/batch.ts';
import type { StoredRow } from '../repositories/audit-log.repository.ts';
import {
  findLastBatch,
  insertBatch,
  listUnsealedTenants,
  lockUnsealed,
  putIntoBatch,
} from '../repositories/batch.repository.ts';

export type SealerDeps = { database: Database; clock: Clock; marker: Marker };
export type Sealer = ReturnType<typeof createSealer>;

const ROWS_AT_ONCE = 512;
const TENANTS_AT_ONCE = 100;

/** Chains what has been written, batch after batch. Several processes may do it at once; whoever writes never waits for them. */
export const createSealer = ({ database, clock, marker }: SealerDeps) => {
  const isStranger = (tenantId: string, row: StoredRow): boolean =>
    row.mark === null || !marker.isOurs(tenantId, row, row.mark);

  const batchOf = (tx: Tx, last: Batch | undefined, rows: readonly StoredRow[], beforeMarks: boolean) =>
    sealed(tx.tenantId, {
      number: (last?.number ?? 0) + 1,
      rowCount: rows.length,
      strangerCount: beforeMarks ? 0 : rows.filter((row) => isStranger(tx.tenantId, row)).length,
      beforeMarks,
      rowsHash: hashOfRows(rows),
      previousHash: last?.hash ?? null,
      lastOccurredAt: rows.reduce(
        (latest, row) => (row.occurredAt > latest ? row.occurredAt : latest),
        new Date(0),
      ),
      sealedAt: clock.now(),
    });

  /** Rows from before there were marks come first, and only at the beginning of a chain: nobody adds such rows later. */
  const nextRows = async (tx: Tx, last: Batch | undefined) => {
    const begins = last === undefined || last.beforeMarks;
    const old = begins ? await lockUnsealed(tx, true, ROWS_AT_ONCE) : [];
    return old.length > 0
      ? { rows: old, beforeMarks: true }
      : { rows: await lockUnsealed(tx, false, ROWS_AT_ONCE), beforeMarks: false };
  };

  /** How many rows were sealed. */
  const sealOne = (tenantId: string): Promise<number> =>
    database.transaction({ tenantId }, async (tx) => {
      const last = await findLastBatch(tx);
      const { rows, beforeMarks } = await nextRows(tx, last);
      if (rows.length === 0) return 0;
      const batch = batchOf(tx, last, rows, beforeMarks);
      if (!(await insertBatch(tx, batch))) return 0;
      await putIntoBatch(
        tx,
        batch.number,
        rows.map(({ id }) => id),
      );
      return rows.length;
    });

  const sealTenant = async (tenantId: string): Promise<void> => {
    let rows = ROWS_AT_ONCE;
    while (rows === ROWS_AT_ONCE) rows = await sealOne(tenantId);
  };

  return {
    sealTenant,

    /** Everything that waits, of all tenants. */
    sweep: async (): Promise<void> => {
      const failures: unknown[] = [];
      for (const tenantId of await listUnsealedTenants(database.system, TENANTS_AT_ONCE)) {
        // What goes wrong with one must not keep the others waiting.
        await sealTenant(tenantId).catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
};

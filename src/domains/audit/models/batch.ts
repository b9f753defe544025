import { createHash } from 'node:crypto';
import { type AuditFacts, hashOfRow } from '../../../database/audit-row.ts';

/** What a batch says of itself and of its rows; its hash is of all of this. */
type BatchFacts = {
  readonly number: number;
  readonly rowCount: number;
  readonly strangerCount: number;
  readonly beforeMarks: boolean;
  readonly rowsHash: Buffer;
  readonly previousHash: Buffer | null;
  readonly lastOccurredAt: Date;
  readonly sealedAt: Date;
};
/** Rows of one tenant that were sealed together. */
export type Batch = BatchFacts & { readonly hash: Buffer };

/** SHA-256 over the SHA-256 of each row, in the order of their ids. */
export const hashOfRows = (rows: readonly AuditFacts[]): Buffer => {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(hashOfRow(row));
  return hash.digest();
};

/** SHA-256 of what a batch says, of whose it is, and of the hash of the batch before it. */
export const hashOfBatch = (tenantId: string, batch: BatchFacts): Buffer =>
  createHash('sha256')
    .update(
      JSON.stringify([
        tenantId,
        batch.number,
        batch.rowCount,
        batch.strangerCount,
        batch.beforeMarks,
        batch.rowsHash.toString('hex'),
        batch.previousHash?.toString('hex') ?? null,
        batch.lastOccurredAt.toISOString(),
        batch.sealedAt.toISOString(),
      ]),
    )
    .digest();

export const sealed = (tenantId: string, facts: BatchFacts): Batch => ({
  ...facts,
  hash: hashOfBatch(tenantId, facts),
});

/** How many rows one answer of the database should hold. */
export const ROWS_AT_ONCE = 2_000;

/** Portions of as many rows as one answer of the database should hold; batches are never cut. */
export const inPortions = (batches: readonly Batch[]): Batch[][] => {
  const portions: Batch[][] = [];
  let rows = ROWS_AT_ONCE;
  for (const batch of batches) {
    if (rows + batch.rowCount > ROWS_AT_ONCE) {
      portions.push([]);
      rows = 0;
    }
    portions.at(-1)?.push(batch);
    rows += batch.rowCount;
  }
  return portions;
};

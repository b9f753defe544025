import type { Db, Tx } from '../../../database/db.ts';
import { list, sql } from '../../../database/sql.ts';

/** A file that holds the rows of some batches. */
export type Archive = {
  readonly firstBatch: number;
  readonly lastBatch: number;
  readonly rowCount: number;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly archivedAt: Date;
};

export const listArchives = (db: Db): Promise<Archive[]> =>
  db.many<Archive>(sql`
    SELECT first_batch AS firstBatch, last_batch AS lastBatch, row_count AS rowCount, file, bytes, sha256,
      archived_at AS archivedAt
    FROM audit_archives WHERE tenant_id = ${db.tenant} ORDER BY first_batch`);

export const insertArchive = async (tx: Tx, a: Archive): Promise<void> => {
  await tx.run(sql`
    INSERT INTO audit_archives (tenant_id, first_batch, last_batch, row_count, file, bytes, sha256, archived_at)
    VALUES (${tx.tenant}, ${a.firstBatch}, ${a.lastBatch}, ${a.rowCount}, ${a.file}, ${a.bytes}, ${a.sha256},
      ${a.archivedAt})`);
};

/** More batches of a file have gone from the database. */
export const extendArchive = async (
  tx: Tx,
  firstBatch: number,
  lastBatch: number,
  rows: number,
): Promise<void> => {
  await tx.run(sql`
    UPDATE audit_archives SET last_batch = ${lastBatch}, row_count = row_count + ${rows}
    WHERE tenant_id = ${tx.tenant} AND first_batch = ${firstBatch}`);
};

/** Releases the pins of batches, and removes their rows. How many rows. */
export const removeRowsOf = async (tx: Tx, batches: readonly number[]): Promise<number> => {
  await tx.run(sql`
    DELETE p FROM audit_logs a
    JOIN audit_pins p ON p.tenant_id = a.tenant_id AND p.audit_id = a.id AND p.batch = a.batch AND p.digest = a.digest
    WHERE a.tenant_id = ${tx.tenant} AND a.batch IN ${list(batches)}`);
  const { affectedRows } = await tx.run(sql`
    DELETE FROM audit_logs WHERE tenant_id = ${tx.tenant} AND batch IN ${list(batches)}`);
  return affectedRows;
};

import type { SystemDb, Tx, Db } from '../../../database/db.ts';
import { bin, count, rows, sql } from '../../../database/sql.ts';

/** Files that nothing leads to from the commit on. */
export const insertFileRemovals = async (tx: Tx, files: readonly string[], now: Date): Promise<void> => {
  if (files.length === 0) return;
  const tuples = files.map((file) => [tx.tenant, bin(file), now]);
  await tx.run(sql`INSERT INTO file_removals (tenant_id, file, created_at) VALUES ${rows(tuples)}`);
};

export const deleteFileRemoval = (db: Db, file: string) =>
  db.run(sql`DELETE FROM file_removals WHERE tenant_id = ${db.tenant} AND file = ${bin(file)}`);

/** Of all tenants, the oldest first. */
export const listFileRemovals = (db: SystemDb, limit: number) =>
  db.many<{ tenantId: string; file: string }>(sql`
    SELECT tenant_id AS tenantId, file FROM file_removals ORDER BY created_at LIMIT ${count(limit)}`);

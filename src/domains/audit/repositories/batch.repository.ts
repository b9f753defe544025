import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { paddedList } from '../../../database/padded-list.ts';
import { bin, count, list, sql } from '../../../database/sql.ts';
import type { Batch } from '../models/batch.ts';
import { rowColumns, type StoredRow } from './audit-log.repository.ts';

const batchColumns = sql`number, row_count AS rowCount, stranger_count AS strangerCount, before_marks AS beforeMarks,
  rows_hash AS rowsHash, previous_hash AS previousHash, hash, last_occurred_at AS lastOccurredAt, sealed_at AS sealedAt`;

/** Tenants that have rows in no batch. */
export const listUnsealedTenants = async (db: SystemDb, limit: number): Promise<string[]> => {
  const found = await db.many<{ tenantId: string }>(sql`
    SELECT DISTINCT tenant_id AS tenantId FROM audit_logs WHERE batch IS NULL LIMIT ${count(limit)}`);
  return found.map(({ tenantId }) => tenantId);
};

/** Tenants that have a trail, by id. */
export const listTenantsWithBatches = async (db: SystemDb): Promise<string[]> => {
  const found = await db.many<{ tenantId: string }>(sql`
    SELECT tenant_id AS tenantId FROM audit_batches WHERE number = 1
    UNION SELECT DISTINCT tenant_id FROM audit_logs WHERE batch IS NULL ORDER BY tenantId`);
  return found.map(({ tenantId }) => tenantId);
};

/** Rows that are committed and in no batch, locked. What others write at the moment is skipped, and nobody is waited for. */
export const lockUnsealed = (tx: Tx, onlyUnmarked: boolean, limit: number): Promise<StoredRow[]> =>
  tx.many<StoredRow>(sql`
    SELECT ${rowColumns} FROM audit_logs
    WHERE tenant_id = ${tx.tenant} AND batch IS NULL ${onlyUnmarked ? sql`AND mark IS NULL` : sql``}
    ORDER BY id LIMIT ${count(limit)} FOR UPDATE SKIP LOCKED`);

export const findLastBatch = (db: Db): Promise<Batch | undefined> =>
  db.one<Batch>(sql`
    SELECT ${batchColumns} FROM audit_batches WHERE tenant_id = ${db.tenant} ORDER BY number DESC LIMIT 1`);

export const listBatches = (db: Db, after: number, limit: number): Promise<Batch[]> =>
  db.many<Batch>(sql`
    SELECT ${batchColumns} FROM audit_batches
    WHERE tenant_id = ${db.tenant} AND number > ${after} ORDER BY number LIMIT ${count(limit)}`);

/** Whether it was written; not, if another process has sealed a batch of that number just now. */
export const insertBatch = async (tx: Tx, b: Batch): Promise<boolean> => {
  try {
    await tx.run(sql`
      INSERT INTO audit_batches (tenant_id, number, row_count, stranger_count, before_marks, rows_hash,
        previous_number, previous_hash, hash, last_occurred_at, sealed_at)
      VALUES (${tx.tenant}, ${b.number}, ${b.rowCount}, ${b.strangerCount}, ${b.beforeMarks}, ${b.rowsHash},
        ${b.previousHash && b.number - 1}, ${b.previousHash}, ${b.hash}, ${b.lastOccurredAt}, ${b.sealedAt})`);
    return true;
  } catch (error) {
    if (duplicateKeyOf(error) !== undefined) return false;
    throw error;
  }
};

/** Puts rows into a batch, and pins them there. */
export const putIntoBatch = async (tx: Tx, batch: number, ids: readonly string[]): Promise<void> => {
  await tx.run(sql`
    UPDATE audit_logs SET batch = ${batch}
    WHERE tenant_id = ${tx.tenant} AND id IN (${paddedList(ids.map((id) => bin(id)))})`);
  await tx.run(sql`
    INSERT INTO audit_pins (tenant_id, audit_id, batch, digest)
    SELECT tenant_id, id, batch, digest FROM audit_logs
    WHERE tenant_id = ${tx.tenant} AND id IN (${paddedList(ids.map((id) => bin(id)))})`);
};

/** By batch, and in each in the order of their ids. */
export const listRowsOf = (db: Db, batches: readonly number[]): Promise<StoredRow[]> =>
  db.many<StoredRow>(sql`
    SELECT ${rowColumns} FROM audit_logs
    WHERE tenant_id = ${db.tenant} AND batch IN ${list(batches)} ORDER BY batch, id`);

export const listUnsealed = (db: Db, after: string | undefined, limit: number): Promise<StoredRow[]> =>
  db.many<StoredRow>(sql`
    SELECT ${rowColumns} FROM audit_logs
    WHERE tenant_id = ${db.tenant} AND batch IS NULL ${after === undefined ? sql`` : sql`AND id > ${bin(after)}`}
    ORDER BY id LIMIT ${count(limit)}`);

/** The first number under which rows are kept that no batch has. */
export const findStrayBatch = async (db: Db): Promise<number | undefined> => {
  const found = await db.one<{ batch: number | null }>(sql`
    SELECT MIN(a.batch) AS batch FROM audit_logs a
    LEFT JOIN audit_batches b ON b.tenant_id = a.tenant_id AND b.number = a.batch
    LEFT JOIN audit_archives f
      ON f.tenant_id = a.tenant_id AND a.batch BETWEEN f.first_batch AND f.last_batch
    WHERE a.tenant_id = ${db.tenant} AND a.batch IS NOT NULL AND (b.number IS NULL OR f.first_batch IS NOT NULL)`);
  return found?.batch ?? undefined;
};

import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { bin, count, sql, type Sql } from '../../../database/sql.ts';
import type { RunningImport } from '../models/import.ts';

const columns = sql`id, status, dry_run AS dryRun, reading, total_rows AS totalRows, done_rows AS doneRows,
  created_rows AS created, duplicate_rows AS duplicates, faulty_rows AS errors, findings, started_by AS startedBy,
  created_at AS createdAt, finished_at AS finishedAt`;

const findWith = (db: Db, id: string, lock: Sql) =>
  db.one<RunningImport>(sql`
    SELECT ${columns} FROM patient_imports WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} ${lock}`);

export const findImport = (db: Db, id: string) => findWith(db, id, sql``);

/** Locked, and not found where another process is at it. */
export const findImportToRun = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE SKIP LOCKED`);

export const findImportText = async (db: Db, id: string): Promise<string | undefined> =>
  (
    await db.one<{ csv: string | null }>(sql`
      SELECT csv FROM patient_imports WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`)
  )?.csv ?? undefined;

export const insertImport = (tx: Tx, run: RunningImport, csv: string | null) =>
  tx.run(sql`
    INSERT INTO patient_imports (tenant_id, id, status, dry_run, csv, reading, total_rows, done_rows, created_rows,
      duplicate_rows, faulty_rows, findings, started_by, created_at, finished_at)
    VALUES (${tx.tenant}, ${bin(run.id)}, ${run.status}, ${run.dryRun}, ${csv}, ${JSON.stringify(run.reading)},
      ${run.totalRows}, ${run.doneRows}, ${run.created}, ${run.duplicates}, ${run.errors},
      ${JSON.stringify(run.findings)}, ${bin(run.startedBy)}, ${run.createdAt}, ${run.finishedAt})`);

/** The text goes when every row has been dealt with. */
export const updateImport = (tx: Tx, run: RunningImport) =>
  tx.run(sql`
    UPDATE patient_imports SET status = ${run.status}, done_rows = ${run.doneRows}, created_rows = ${run.created},
      duplicate_rows = ${run.duplicates}, faulty_rows = ${run.errors}, findings = ${JSON.stringify(run.findings)},
      finished_at = ${run.finishedAt}, csv = if(${run.finishedAt} IS NULL, csv, NULL)
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(run.id)}`);

/** Imports of all tenants that are not finished, the oldest first. */
export const listOpenImports = (db: SystemDb, limit: number) =>
  db.many<{ tenantId: string; id: string }>(sql`
    SELECT tenant_id AS tenantId, id FROM patient_imports
    WHERE status IN ('queued', 'running') ORDER BY created_at LIMIT ${count(limit)}`);

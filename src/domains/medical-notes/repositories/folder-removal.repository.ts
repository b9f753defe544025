import type { Tx } from '../../../database/db.ts';
import { bin, sql } from '../../../database/sql.ts';

/** The folder of a clinic that was deleted, and how many of its files have been removed. */
export type FolderRemoval = {
  readonly folder: string;
  readonly removedFiles: number;
  readonly lastLookAt: Date;
};

/** One that is there already begins anew. */
export const upsertFolderRemoval = (
  tx: Tx,
  { folder, now, lastLookAt }: { folder: string; now: Date; lastLookAt: Date },
) =>
  tx.run(sql`
    INSERT INTO folder_removals (tenant_id, folder, next_at, last_look_at)
    VALUES (${tx.tenant}, ${bin(folder)}, ${now}, ${lastLookAt})
    ON DUPLICATE KEY UPDATE next_at = ${now}, last_look_at = ${lastLookAt}`);

/** Takes the one that has waited longest, for as long as the lease lasts. SKIP LOCKED: another process may be taking it. */
export const claimFolderRemoval = async (
  tx: Tx,
  { now, leasedUntil }: { now: Date; leasedUntil: Date },
): Promise<FolderRemoval | undefined> => {
  const due = await tx.one<FolderRemoval>(sql`
    SELECT folder, removed_files AS removedFiles, last_look_at AS lastLookAt FROM folder_removals
    WHERE tenant_id = ${tx.tenant} AND next_at <= ${now} ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED`);
  if (due) await postponeFolderRemoval(tx, { folder: due.folder, removed: 0, nextAt: leasedUntil });
  return due;
};

export const postponeFolderRemoval = (
  tx: Tx,
  { folder, removed, nextAt }: { folder: string; removed: number; nextAt: Date },
) =>
  tx.run(sql`
    UPDATE folder_removals SET removed_files = removed_files + ${removed}, next_at = ${nextAt}
    WHERE tenant_id = ${tx.tenant} AND folder = ${bin(folder)}`);

/** Not one that has begun anew meanwhile. */
export const deleteFolderRemoval = (tx: Tx, folder: string, now: Date) =>
  tx.run(sql`
    DELETE FROM folder_removals
    WHERE tenant_id = ${tx.tenant} AND folder = ${bin(folder)} AND last_look_at <= ${now}`);

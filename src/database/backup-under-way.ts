import type { SystemDb } from './db.ts';
import { sql } from './sql.ts';

/** Whether a backup is being made: files that it will still want to copy must not go meanwhile. */
export const isBackupUnderWay = async (db: SystemDb): Promise<boolean> => {
  const row = await db.one<{ isHeld: number }>(sql`
    SELECT IS_USED_LOCK(LEFT(CONCAT('backup:', DATABASE()), 64)) IS NOT NULL AS isHeld`);
  return row?.isHeld === 1;
};

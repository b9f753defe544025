import { isBackupUnderWay } from '../../../database/backup-under-way.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { FileStore } from '../../../shared/files/file-store.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { storeKeyOf } from '../models/attachment.ts';
import {
  deleteFileRemoval,
  insertFileRemovals,
  listFileRemovals,
} from '../repositories/file-removal.repository.ts';

export type FileRemovalDeps = { database: Database; files: FileStore; clock: Clock; logger: Logger };
export type FileRemovals = ReturnType<typeof createFileRemovals>;

const AT_ONCE = 100;

/** Removes files after their rows, whatever happens between the two. */
export const createFileRemovals = ({ database, files, clock, logger }: FileRemovalDeps) => {
  const carryOut = async (tenantId: string, file: string): Promise<boolean> => {
    try {
      // A backup may still have to copy it; the next sweep finds it.
      if (await isBackupUnderWay(database.system)) return false;
      await files.remove(storeKeyOf(tenantId, file));
      await database.transaction({ tenantId }, (tx) => deleteFileRemoval(tx, file));
      return true;
    } catch (error) {
      logger.warn({ err: error, tenantId, file }, 'A file could not be removed; it will be tried again');
      return false;
    }
  };
  const carryOutAll = async (removals: readonly { tenantId: string; file: string }[]): Promise<boolean> => {
    let areAllGone = true;
    for (const { tenantId, file } of removals) areAllGone = (await carryOut(tenantId, file)) && areAllGone;
    return areAllGone;
  };

  return {
    /** Notes the files in the transaction that takes their rows away. They go after its commit, in any case. */
    plan: async (tx: Tx, names: readonly string[]): Promise<void> => {
      await insertFileRemovals(tx, names, clock.now());
      const { tenantId } = tx;
      tx.afterCommit(() => void carryOutAll(names.map((file) => ({ tenantId, file }))));
    },

    /** What a process could not do any more, or the store refused. */
    sweep: async (): Promise<void> => {
      for (;;) {
        const removals = await listFileRemovals(database.system, AT_ONCE);
        if (!(await carryOutAll(removals)) || removals.length < AT_ONCE) return;
      }
    },
  };
};

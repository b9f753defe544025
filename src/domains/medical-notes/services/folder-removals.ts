import { isBackupUnderWay } from '../../../database/backup-under-way.ts';
import type { Tx } from '../../../database/db.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import { PLATFORM } from '../../../shared/types/id.ts';
import {
  claimFolderRemoval,
  deleteFolderRemoval,
  type FolderRemoval,
  postponeFolderRemoval,
  upsertFolderRemoval,
} from '../repositories/folder-removal.repository.ts';
import type { FileRemovalDeps } from './file-removals.ts';

export type FolderRemovals = ReturnType<typeof createFolderRemovals>;

/** Between so many files a process may stop; it or another one goes on. */
const AT_ONCE = 100;
/** For how long nobody else takes what a process is at, and when it is tried again after a failure. */
const LEASE_MS = 5 * MINUTE_MS;
/** An upload may end, or a volume come back, after the folder was found empty. So it is looked at once more. */
const LAST_LOOK_AFTER_MS = DAY_MS;

const later = (time: Date, ms: number) => new Date(time.getTime() + ms);

/**
 * Removes every file of clinics that were deleted for good, also those that no row has led to. What a process leaves half-way, and
 * what the store refuses, is found again.
 */
export const createFolderRemovals = ({ database, files, clock, logger }: FileRemovalDeps) => {
  let isStopping = false;
  const commit = <T>(work: (tx: Tx) => Promise<T>) => database.transaction({ tenantId: PLATFORM }, work);

  const claim = () => {
    const now = clock.now();
    return commit((tx) => claimFolderRemoval(tx, { now, leasedUntil: later(now, LEASE_MS) }));
  };

  const removeSome = async ({ folder, removedFiles, lastLookAt }: FolderRemoval): Promise<void> => {
    const removed = await files.removeSome(folder, AT_ONCE);
    const now = clock.now();
    const isEmpty = removed < AT_ONCE;
    await commit(async (tx) => {
      await postponeFolderRemoval(tx, { folder, removed, nextAt: isEmpty ? lastLookAt : now });
      if (isEmpty) await deleteFolderRemoval(tx, folder, now);
    });
    if (isEmpty)
      logger.info({ tenantId: folder, files: removedFiles + removed }, 'A deleted clinic has no files left');
  };

  return {
    /** To be called before the clinic's rows go: whatever happens afterwards, its files follow. */
    plan: async (tenantId: string): Promise<void> => {
      const now = clock.now();
      const lastLookAt = later(now, LAST_LOOK_AFTER_MS);
      await commit((tx) => upsertFolderRemoval(tx, { folder: tenantId, now, lastLookAt }));
    },

    /** Rejects where the store refuses; the next round goes on with another clinic. */
    sweep: async (): Promise<void> => {
      // A backup may still have to copy what it has listed.
      while (!isStopping && !(await isBackupUnderWay(database.system))) {
        const removal = await claim();
        if (!removal) return;
        await removeSome(removal).catch((cause: unknown) => {
          throw new Error(`Files of the deleted clinic ${removal.folder} are still there`, { cause });
        });
      }
    },

    stop: (): void => {
      isStopping = true;
    },
  };
};

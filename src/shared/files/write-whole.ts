import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const OWNER_ONLY = 0o600;
/** How the name of a file ends that is still being written. */
export const UNFINISHED = '.part';

/** A new name is on the disk when its folder is. */
const syncFolder = async (folder: string) => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Writes a file for its owner's eyes only, which gets its name when all of it is on the disk: it is there as a whole, or as it
 * was before.
 */
export const writeWhole = async (path: string, content: AsyncIterable<Uint8Array>): Promise<void> => {
  const unfinished = `${path}${UNFINISHED}`;
  try {
    await pipeline(Readable.from(content), createWriteStream(unfinished, { mode: OWNER_ONLY, flush: true }));
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};

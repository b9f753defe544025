import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileMissing, type FileStore } from './file-store.ts';

const OWNER_ONLY = 0o600;

/** Files in a folder, which all processes have to share. A file gets its name when all of it is on the disk. */
export const createFolderStore = (folder: string): FileStore => ({
  put: async (key, content) => {
    const path = join(folder, key);
    const unfinished = `${path}.part`;
    await mkdir(dirname(path), { recursive: true });
    try {
      await pipeline(
        Readable.from(content),
        createWriteStream(unfinished, { mode: OWNER_ONLY, flush: true }),
      );
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  },
  get: async (key) => {
    try {
      return (await open(join(folder, key))).createReadStream();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new FileMissing(`There is no file ${key} in the folder`, { cause: error });
    }
  },
  remove: (key) => rm(join(folder, key), { force: true }),
});

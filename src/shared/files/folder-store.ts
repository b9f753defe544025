import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileMissing, type FileStore } from './file-store.ts';
import { UNFINISHED, writeWhole } from './write-whole.ts';

const orNothing = <T>(error: unknown, nothing: T): T => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return nothing;
};

/** Files in a folder, which all processes have to share. A file gets its name when all of it is on the disk. */
export const createFolderStore = (folder: string): FileStore => ({
  put: async (key, content) => {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, content);
  },
  get: async (key) => {
    try {
      return (await open(join(folder, key))).createReadStream();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new FileMissing(`There is no file ${key} in the folder`, { cause: error });
    }
  },
  list: async (within) => {
    const names = await readdir(join(folder, within)).catch((error: unknown) =>
      orNothing<string[]>(error, []),
    );
    return names.filter((name) => !name.endsWith(UNFINISHED)).map((name) => `${within}/${name}`);
  },
  remove: (key) => rm(join(folder, key), { force: true }),
});

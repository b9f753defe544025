import type { Dir } from 'node:fs';
import { mkdir, open, opendir, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileMissing, type FileStore } from './file-store.ts';
import { UNFINISHED, writeWhole } from './write-whole.ts';

const orNothing = <T>(error: unknown, nothing: T): T => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return nothing;
};

/** Some of the names in a folder, however many there are; none where there is no folder. */
const firstNames = async (path: string, limit: number): Promise<string[]> => {
  const directory = await opendir(path).catch((error: unknown) =>
    orNothing<Dir | undefined>(error, undefined),
  );
  const names: string[] = [];
  for await (const { name } of directory ?? []) {
    names.push(name);
    if (names.length === limit) break;
  }
  return names;
};

/** Unless somebody has put a file into it just now. */
const removeEmpty = async (path: string): Promise<void> => {
  try {
    await rmdir(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
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
  removeSome: async (within, limit) => {
    const path = join(folder, within);
    const names = await firstNames(path, limit);
    for (const name of names) await rm(join(path, name), { force: true });
    if (names.length < limit) await removeEmpty(path);
    return names.length;
  },
});

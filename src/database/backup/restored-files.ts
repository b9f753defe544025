import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { FileMissing, type FileStore } from '../../shared/files/file-store.ts';
import { BackupError } from './backup-error.ts';

const sumOf = async (files: FileStore, name: string): Promise<string | undefined> => {
  const hash = createHash('sha256');
  try {
    for await (const chunk of await files.get(name)) hash.update(chunk);
  } catch (error) {
    if (error instanceof FileMissing) return undefined;
    throw error;
  }
  return hash.digest('hex');
};

/** Brings files back into the store. Those that are there already, and the same, are left alone. */
export const createRestoredFiles = (files: FileStore) => {
  const missing = new Set<string>();
  const put: string[] = [];
  let current: { stream: PassThrough; done: Promise<void> } | undefined;
  return {
    /** Before anything is changed. */
    check: async (name: string, sha256: string): Promise<void> => {
      const there = await sumOf(files, name);
      if (there === undefined) missing.add(name);
      else if (there !== sha256)
        throw new BackupError(
          `The file ${name} is in the file store already, and is another one. Restore with an empty FILES_FOLDER or bucket. Nothing has been changed.`,
        );
    },
    begin: (name: string): void => {
      if (!missing.has(name)) return;
      put.push(name);
      const stream = new PassThrough();
      const done = files.put(name, stream as AsyncIterable<Buffer>);
      done.catch((error: unknown) => stream.destroy(error as Error)); // Whoever writes is told.
      stream.on('error', () => undefined);
      current = { stream, done };
    },
    write: async (content: Buffer): Promise<void> => {
      if (!current || current.stream.write(content)) return;
      const { stream, done } = current;
      await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), done]);
    },
    end: async (): Promise<void> => {
      current?.stream.end();
      await current?.done;
      current = undefined;
    },
    /** How many were brought back. */
    count: () => put.length,
    /** Takes away what was brought. */
    undo: async (): Promise<void> => {
      current?.stream.destroy(new Error('The restore has failed'));
      await current?.done.catch(() => undefined);
      for (const name of put) await files.remove(name);
    },
  };
};

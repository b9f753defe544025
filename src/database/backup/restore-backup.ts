import type { FileStore } from '../../shared/files/file-store.ts';
import { MIGRATIONS, readMigrations } from '../migration-files.ts';
import type { DatabaseConfig } from '../pool.ts';
import { BackupError } from './backup-error.ts';
import type { Manifest, PartHead } from './manifest.ts';
import { readBackup, type Reader, type ReadOptions } from './read-backup.ts';
import { demandEmpty, dropDatabase, makeDatabase, makeEmpty } from './restore-target.ts';
import { createRestoredFiles } from './restored-files.ts';
import { compareTables, createRestoredTables, prepareForRows, restorePrograms } from './restored-tables.ts';
import type { Program } from './schema.ts';
import { chooseServer, connectTo, lockBackups, type Snapshot } from './snapshot.ts';

export type RestoreOptions = Omit<ReadOptions, 'onProgress'> & {
  /** Of the database that is to be filled. */
  readonly config: DatabaseConfig;
  readonly files: FileStore;
  readonly onProgress: (stage: 'checked' | 'restored', bytes: number, ofBytes: number) => void;
  readonly onCompared: (table: string) => void;
};
export type Restored = { readonly manifest: Manifest; readonly filesBrought: number };

/** A backup fits into the same kind of server, and into a product that knows all that was done to its schema. */
const demandFit = async ({ database, migrations }: Manifest, engine: string): Promise<void> => {
  if (database.engine !== engine)
    throw new BackupError(
      `The backup is from ${database.engine}, and this is a ${engine} server. Restore it on ${database.engine}, and move clinics with npm run tenant:export.`,
    );
  const known = new Set((await readMigrations(MIGRATIONS)).map(({ name }) => name));
  const unknown = migrations.find(({ name }) => !known.has(name));
  if (unknown)
    throw new BackupError(
      `The backup is from a newer version of this product (${unknown.name}). Restore it with that version.`,
    );
};

type Brought = ReturnType<typeof createRestoredFiles>;

/** Reads the backup from its first to its last byte, before anything is changed. */
const check = async (
  path: string,
  options: RestoreOptions,
  files: Brought,
  engine: string,
): Promise<Manifest> => {
  const manifest = await readBackup(
    path,
    {
      ...options,
      onProgress: (bytes, ofBytes) => {
        options.onProgress('checked', bytes, ofBytes);
      },
    },
    {
      begin: () => undefined,
      content: () => undefined,
      end: (head, { sha256 }) => (head.kind === 'file' ? files.check(head.name, sha256) : undefined),
    },
  );
  await demandFit(manifest, engine);
  return manifest;
};

const createLoader = ({ promised }: Snapshot, files: Brought): Reader => {
  const tables = createRestoredTables(promised);
  return {
    begin: async (head: PartHead) => {
      if (head.kind === 'table') await tables.begin(head.statement);
      if (head.kind === 'file') files.begin(head.name);
    },
    content: async ({ kind }, content) => {
      if (kind === 'table') await tables.fill(content);
      else if (kind === 'file') await files.write(content);
      else await restorePrograms(promised, JSON.parse(content.toString()) as Program[]);
    },
    end: async ({ kind }) => {
      if (kind === 'table') await tables.end();
      if (kind === 'file') await files.end();
    },
  };
};

const load = async (path: string, snapshot: Snapshot, options: RestoreOptions, files: Brought) => {
  await prepareForRows(snapshot.promised);
  const { tables } = await readBackup(
    path,
    {
      ...options,
      onProgress: (bytes, ofBytes) => {
        options.onProgress('restored', bytes, ofBytes);
      },
    },
    createLoader(snapshot, files),
  );
  await compareTables(snapshot, tables, options.onCompared);
};

const explained = (error: unknown, isUndone: boolean): unknown => {
  const end = isUndone
    ? 'Everything has been taken back.'
    : 'What was restored so far could not be taken back: drop the database.';
  if (error instanceof BackupError)
    return isUndone ? error : new BackupError(`${error.message} ${end}`, { cause: error });
  return new BackupError(`The backup cannot be restored: ${(error as Error).message}. ${end}`, {
    cause: error,
  });
};

/** Fills an empty database, all of it or nothing. */
const fill = async (path: string, options: RestoreOptions): Promise<Restored> => {
  const { connection, promised, engine } = await connectTo(options.config);
  try {
    await lockBackups(promised);
    await demandEmpty(promised, options.config);
    const files = createRestoredFiles(options.files);
    const manifest = await check(path, options, files, engine);
    try {
      await load(path, { connection, promised }, options, files);
    } catch (error) {
      const undo = async () => {
        await files.undo();
        await makeEmpty(promised);
      };
      throw explained(
        error,
        await undo().then(
          () => true,
          () => false,
        ),
      );
    }
    return { manifest, filesBrought: files.count() };
  } finally {
    connection.destroy();
  }
};

/**
 * Brings back a database and its files from a backup, into an empty database that is made where it is not there. The backup is
 * read as a whole first; afterwards every table is read again and compared. Throws `BackupError`, and leaves nothing then.
 */
export const restoreBackup = async (path: string, options: RestoreOptions): Promise<Restored> => {
  const config = await chooseServer(options.config);
  const isNew = await makeDatabase(config);
  try {
    return await fill(path, { ...options, config });
  } catch (error) {
    if (isNew) await dropDatabase(config);
    throw error;
  }
};

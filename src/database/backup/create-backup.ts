import { createHash } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { encryptedStream } from '../../shared/crypto/sealed-stream.ts';
import { FileMissing, type FileStore } from '../../shared/files/file-store.ts';
import { writeWhole } from '../../shared/files/write-whole.ts';
import type { DatabaseConfig } from '../pool.ts';
import { uuidOf } from '../sql.ts';
import { BackupError } from './backup-error.ts';
import { type BackupKeys, newBackupKey } from './backup-key.ts';
import { beginFrame, endFrame, manifestFrame, packedFrame, plainFrame } from './frames.ts';
import type { Manifest, PartEnd, PartHead } from './manifest.ts';
import { createTable, listPrograms, listTables, RECORD_OF_MIGRATIONS } from './schema.ts';
import { beginSnapshot, chooseServer, connectTo, lockBackups, type Snapshot } from './snapshot.ts';
import { type Statement, statementsOf } from './table-content.ts';

export type BackupOptions = {
  readonly config: DatabaseConfig;
  readonly files: FileStore;
  readonly keys: BackupKeys;
  /** Of the product. */
  readonly version: string;
  readonly now: Date;
  readonly onProgress: (what: string, done: number, unit: 'rows' | 'bytes', isDone: boolean) => void;
  readonly isStopping: () => boolean;
};
export type MadeBackup = {
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly sha256: string;
  /** Why there is no position in the binary log; empty where there is one. */
  readonly why: string;
};

type Part = Omit<PartEnd, 'name'>;

/** The frames of a part; answers what was in it. */
async function* partOf(
  head: PartHead,
  content: AsyncIterable<Statement>,
  encode: (content: Buffer) => Buffer | Promise<Buffer>,
  { onProgress, isStopping }: Pick<BackupOptions, 'onProgress' | 'isStopping'>,
): AsyncGenerator<Buffer, Part> {
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  const name = head.kind === 'programs' ? head.kind : head.name;
  const tell = (isDone: boolean) => {
    if (head.kind === 'table') onProgress(name, rows, 'rows', isDone);
    else onProgress(head.kind === 'file' ? 'files' : name, bytes, 'bytes', false);
  };
  yield beginFrame(head);
  for await (const { text, rows: more } of content) {
    if (isStopping()) throw new BackupError('Stopped. No backup was made.');
    hash.update(text);
    [rows, bytes] = [rows + more, bytes + text.length];
    tell(false);
    yield await encode(text);
  }
  const end = { rows, bytes, sha256: hash.digest('hex') };
  yield endFrame(end);
  tell(true);
  return end;
}

async function* held(statements: readonly Statement[]): AsyncGenerator<Statement> {
  for (const statement of statements) yield await Promise.resolve(statement);
}

/** Lets the table go when it has been read, so that a migration need not wait for the whole backup. */
async function* readAndLetGo(snapshot: Snapshot, table: string): AsyncGenerator<Statement> {
  await snapshot.promised.query('SAVEPOINT before_table');
  yield* statementsOf(snapshot, table);
  await snapshot.promised.query('ROLLBACK TO SAVEPOINT before_table');
}

/** Whoever may have files: the database of a service knows clinics by their keys only. */
const listTenants = async ({ promised }: Snapshot, tables: readonly string[]): Promise<string[]> => {
  const known = ['tenants', 'tenant_keys'].filter((table) => tables.includes(table));
  if (known.length === 0) return [];
  const [rows] = await promised.query<({ id: Buffer } & RowDataPacket)[]>(
    `${known.map((table) => `SELECT tenant_id AS id FROM ${table}`).join(' UNION ')} ORDER BY id`,
  );
  return rows.map(({ id }) => uuidOf(id));
};

/** What has to be known before the tables are read, all of the same moment. */
const survey = async (snapshot: Snapshot) => {
  const { promised } = snapshot;
  const tables = await listTables(promised);
  if (!tables.includes(RECORD_OF_MIGRATIONS))
    throw new BackupError('The database holds nothing of this product: npm run migrate has never run.');
  const record: Statement[] = [];
  for await (const statement of readAndLetGo(snapshot, RECORD_OF_MIGRATIONS)) record.push(statement);
  const [migrations] = await promised.query<({ name: string; checksum: string } & RowDataPacket)[]>(
    `SELECT name, checksum FROM ${RECORD_OF_MIGRATIONS} WHERE finished_at IS NOT NULL ORDER BY name`,
  );
  return {
    tables,
    record,
    migrations: migrations.map(({ name, checksum }) => ({ name, checksum })),
    programs: await listPrograms(promised),
    tenants: await listTenants(snapshot, tables),
  };
};

async function* contentOf(content: AsyncIterable<Buffer>): AsyncGenerator<Statement> {
  for await (const text of content) yield { text, rows: 0 };
}

/** A file that has gone since its clinic's files were listed was never committed, or is not of this snapshot. */
const openFile = async (files: FileStore, key: string) => {
  try {
    return await files.get(key);
  } catch (error) {
    if (error instanceof FileMissing) return undefined;
    throw error;
  }
};

async function* filesOf(
  tenants: readonly string[],
  options: BackupOptions,
): AsyncGenerator<Buffer, Manifest['files']> {
  const hash = createHash('sha256');
  let [count, bytes] = [0, 0];
  for (const tenant of tenants) {
    for (const name of (await options.files.list(tenant)).sort()) {
      const content = await openFile(options.files, name);
      if (!content) continue;
      const end = yield* partOf({ kind: 'file', name }, contentOf(content), plainFrame, {
        ...options,
        onProgress: (what, done, unit) => {
          options.onProgress(what, bytes + done, unit, false);
        },
      });
      [count, bytes] = [count + 1, bytes + end.bytes];
      hash.update(`${end.sha256} ${name}\n`);
    }
  }
  options.onProgress('files', bytes, 'bytes', true);
  return { count, bytes, sha256: hash.digest('hex') };
}

/** Everything in its order: tables, files, what was added to the schema, and the record of migrations, which completes it. */
async function* framesOf(
  snapshot: Snapshot,
  about: Omit<Manifest, 'tables' | 'files' | 'programs' | 'migrations'>,
  options: BackupOptions,
): AsyncGenerator<Buffer, Manifest> {
  const { promised } = snapshot;
  const { tables: names, record, programs, tenants, migrations } = await survey(snapshot);
  const tables: Manifest['tables'] = [];
  const recordHead = await tableHead(snapshot, RECORD_OF_MIGRATIONS);
  for (const name of names) {
    if (name === RECORD_OF_MIGRATIONS) continue;
    const head = await tableHead(snapshot, name);
    tables.push({ name, ...(yield* partOf(head, readAndLetGo(snapshot, name), packedFrame, options)) });
  }
  await promised.query('COMMIT');
  const files = yield* filesOf(tenants, options);
  const list = { text: Buffer.from(JSON.stringify(programs)), rows: programs.length };
  yield* partOf({ kind: 'programs' }, held([list]), packedFrame, { ...options, onProgress: () => undefined });
  const end = yield* partOf(recordHead, held(record), packedFrame, options);
  tables.push({ name: RECORD_OF_MIGRATIONS, ...end });
  const manifest = { ...about, migrations, programs: programs.length, tables, files };
  yield manifestFrame(manifest);
  return manifest;
}

const tableHead = async ({ promised }: Snapshot, name: string) => ({
  kind: 'table' as const,
  name,
  statement: await createTable(promised, name),
});

/** What the operator can do about what went wrong. */
const explained = (error: unknown, path: string): unknown => {
  if (error instanceof BackupError) return error;
  const { code = '', message, syscall, sqlState } = error as NodeJS.ErrnoException & { sqlState?: string };
  if (code === 'ER_TABLE_DEF_CHANGED')
    return new BackupError(
      'A migration changed a table meanwhile. Start the backup again when it has ended.',
      {
        cause: error,
      },
    );
  if (sqlState !== undefined || code.startsWith('PROTOCOL_'))
    return new BackupError(`The database failed: ${message}. No backup was made.`, { cause: error });
  if (syscall !== undefined)
    return new BackupError(`The backup cannot be written to ${path}: ${message}`, { cause: error });
  return error;
};

/**
 * Writes the whole database as it is at one moment, and the files of all clinics, encrypted, while others go on working. The
 * file is there when it is whole.
 */
export const createBackup = async (path: string, options: BackupOptions): Promise<MadeBackup> => {
  const { config, keys, now, version } = options;
  const { connection, promised, ...server } = await connectTo(await chooseServer(config));
  const snapshot = { connection, promised };
  const hash = createHash('sha256');
  let bytes = 0;
  let manifest: Manifest | undefined;
  try {
    await lockBackups(promised);
    const { position, why } = await beginSnapshot(promised, server.engine);
    const about = { createdAt: now.toISOString(), version, database: { ...server, name: config.name } };
    const { key, line } = newBackupKey(keys, now);
    async function* frames() {
      manifest = yield* framesOf(snapshot, { ...about, binaryLog: position }, options);
    }
    async function* content() {
      yield line;
      yield* encryptedStream(key, frames());
    }
    async function* measured() {
      for await (const chunk of content()) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    await writeWhole(path, measured());
    if (!manifest) throw new Error('A backup ends with its manifest');
    return { manifest, bytes, sha256: hash.digest('hex'), why };
  } catch (error) {
    throw explained(error, path);
  } finally {
    connection.destroy();
  }
};

import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { ExplainedError } from '../shared/utils/explained-error.ts';
import { connectionAdvice } from './connection-advice.ts';
import { type Migration, MIGRATIONS, readMigrations } from './migration-files.ts';
import { createRecord, type MigrationStatus, readApplied, statusOf } from './migration-record.ts';
import { connectionOptions } from './connection-options.ts';
import { type DatabaseConfig, SESSION_SETTINGS } from './pool.ts';
import { atPrimary } from './primary.ts';

/** A migration that cannot go on; the message says what happened and what to do. */
export class MigrationError extends ExplainedError {}

const LOCK_SECONDS = 60;
const LOCK_NAME_CHARACTERS = 64;

/** Throws for a migration that must not go on; one that stopped half-way goes on where `resume` says so. */
export const demandGood = (status: MigrationStatus, resume: boolean) => {
  if (status.state === 'changed') {
    throw new MigrationError(
      `${status.name} has been changed after it was applied. Put the file back, and make the change in a new migration.`,
    );
  }
  if (status.state === 'missing') {
    throw new MigrationError(
      `${status.name} was applied to this database, but its file is gone. Is this an older release?`,
    );
  }
  if (status.state === 'unfinished' && !resume) {
    throw new MigrationError(
      `${status.name} stopped half-way: ${status.statementsDone} of its statements have run, then:\n  ${status.failure ?? 'the process ended'}\n` +
        'Its statements commit one by one, so nothing was undone. Remove the cause (the file may be corrected from the ' +
        'failed statement on), then run `npm run migrate -- --resume`, which goes on with the failed statement.',
    );
  }
};

/** Each statement is counted when it has run, since DDL commits by itself and cannot be rolled back with the rest. */
const apply = async (connection: Connection, migration: Migration, done: number) => {
  await connection.execute(
    `INSERT INTO schema_migrations (name, checksum, statements_done) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE checksum = VALUES(checksum), failure = NULL`,
    [migration.name, migration.checksum, done],
  );
  for (const [i, statement] of migration.statements.entries()) {
    if (i < done) continue;
    try {
      await connection.query(statement);
    } catch (error) {
      const failure = `statement ${i + 1} of ${migration.statements.length}: ${(error as Error).message}\n${statement}`;
      // Without a connection it cannot be recorded, and is told here only.
      await connection
        .execute('UPDATE schema_migrations SET failure = ? WHERE name = ?', [failure, migration.name])
        .catch(() => undefined);
      throw new MigrationError(`${migration.name}, ${failure}\nNothing after it has run.`, { cause: error });
    }
    await connection.execute('UPDATE schema_migrations SET statements_done = ? WHERE name = ?', [
      i + 1,
      migration.name,
    ]);
  }
  await connection.execute('UPDATE schema_migrations SET finished_at = CURRENT_TIMESTAMP(3) WHERE name = ?', [
    migration.name,
  ]);
};

const connect = async (config: DatabaseConfig): Promise<Connection> => {
  try {
    return await createConnection({ ...connectionOptions(await atPrimary(config)), database: config.name });
  } catch (error) {
    throw new MigrationError(connectionAdvice(error, config), { cause: error });
  }
};

/** Runs `work` on a connection of its own. What it did before a failure stays, since each statement commits by itself. */
export const onDatabase = async <T>(config: DatabaseConfig, work: (connection: Connection) => Promise<T>) => {
  const connection = await connect(config);
  try {
    await connection.query(SESSION_SETTINGS);
    return await work(connection);
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    const { host, port, name } = config;
    throw new MigrationError(`The database ${name} at ${host}:${port} failed: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    connection.destroy();
  }
};

/** The lock belongs to the server, so its name carries the database's; it ends with the connection. */
const lock = async (connection: Connection, databaseName: string, lockSeconds: number) => {
  const lockName = `migrate:${databaseName}`.slice(0, LOCK_NAME_CHARACTERS);
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, ?) AS locked', [
    lockName,
    lockSeconds,
  ]);
  if (row?.['locked'] === 1) return;
  throw new MigrationError(
    `Another migration of ${databaseName} has been running for ${lockSeconds} seconds. Try again when it has ended.`,
  );
};

/** What has been applied, what is waiting, and what is wrong. Changes nothing and waits for nobody. */
export const migrationStatus = async (
  config: DatabaseConfig,
  folder = MIGRATIONS,
): Promise<MigrationStatus[]> => {
  const migrations = await readMigrations(folder);
  return onDatabase(config, async (connection) => statusOf(migrations, await readApplied(connection)));
};

type MigrateOptions = { folder?: URL; resume?: boolean; lockSeconds?: number };

/**
 * Brings the database up to date, forward only; several processes may call it at once. Answers the names of what it
 * applied. Throws {@link MigrationError} for a changed or missing file, and for a migration that stopped half-way
 * unless `resume` says to go on.
 */
export const migrate = async (
  config: DatabaseConfig,
  { folder = MIGRATIONS, resume = false, lockSeconds = LOCK_SECONDS }: MigrateOptions = {},
): Promise<string[]> => {
  const migrations = await readMigrations(folder);
  return onDatabase(config, async (connection) => {
    await lock(connection, config.name, lockSeconds);
    await createRecord(connection);
    const applied = await readApplied(connection);
    for (const status of statusOf(migrations, applied)) demandGood(status, resume);
    const waiting = migrations.filter(({ name }) => !applied.get(name)?.finishedAt);
    for (const migration of waiting)
      await apply(connection, migration, applied.get(migration.name)?.statementsDone ?? 0);
    return waiting.map(({ name }) => name);
  });
};

import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { connectionAdvice } from '../connection-advice.ts';
import { connectionOptions } from '../connection-options.ts';
import type { DatabaseConfig } from '../pool.ts';
import { atPrimary } from '../primary.ts';
import { quoted } from '../tenant-tables.ts';
import { BackupError } from './backup-error.ts';

/** Without opening a database, which may not be there yet. */
const onServer = async <T>(
  config: DatabaseConfig,
  work: (connection: Connection) => Promise<T>,
): Promise<T> => {
  let connection: Connection;
  try {
    connection = await createConnection(connectionOptions(await atPrimary(config)));
  } catch (error) {
    throw new BackupError(connectionAdvice(error, config), { cause: error });
  }
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
};

/** Makes the database where it is not there. Whether it made it. */
export const makeDatabase = (config: DatabaseConfig): Promise<boolean> =>
  onServer(config, async (connection) => {
    const [found] = await connection.query<RowDataPacket[]>(
      'SELECT 1 FROM information_schema.schemata WHERE schema_name = ?',
      [config.name],
    );
    if (found.length > 0) return false;
    try {
      await connection.query(
        `CREATE DATABASE ${quoted(config.name)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`,
      );
      return true;
    } catch (error) {
      throw new BackupError(`The database ${config.name} cannot be made: ${(error as Error).message}`, {
        cause: error,
      });
    }
  });

export const dropDatabase = (config: DatabaseConfig): Promise<unknown> =>
  onServer(config, (connection) => connection.query(`DROP DATABASE IF EXISTS ${quoted(config.name)}`));

type Thing = { readonly kind: string; readonly name: string };

const listThings = async (connection: Connection): Promise<Thing[]> => {
  const [rows] = await connection.query<(Thing & RowDataPacket)[]>(`
    SELECT IF(table_type = 'VIEW', 'VIEW', 'TABLE') AS kind, table_name AS name
    FROM information_schema.tables WHERE table_schema = DATABASE()
    UNION ALL SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()
    UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = DATABASE()`);
  return rows;
};

/** Whatever is there stays: a backup goes into an empty database only. */
export const demandEmpty = async (connection: Connection, { name }: DatabaseConfig): Promise<void> => {
  const [first, ...more] = await listThings(connection);
  if (!first) return;
  throw new BackupError(
    `The database ${name} is not empty: it has ${first.kind.toLowerCase()} ${first.name}${more.length > 0 ? ` and ${more.length} more` : ''}. ` +
      'A backup is restored into an empty database only: name another one with --into. ' +
      `If a restore was cut off here before, remove what it left: DROP DATABASE ${quoted(name)}`,
  );
};

/** Makes a database empty again that was empty before. */
export const makeEmpty = async (connection: Connection): Promise<void> => {
  await connection.query('SET SESSION foreign_key_checks = 0');
  for (const { kind, name } of await listThings(connection))
    await connection.query(`DROP ${kind} IF EXISTS ${quoted(name)}`);
};

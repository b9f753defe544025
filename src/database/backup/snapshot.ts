import { createConnection, type Connection } from 'mysql2';
import type { Connection as PromisedConnection, RowDataPacket } from 'mysql2/promise';
import { connectionAdvice } from '../connection-advice.ts';
import { connectionOptions } from '../connection-options.ts';
import { type DatabaseConfig, SESSION_SETTINGS } from '../pool.ts';
import { atPrimary } from '../primary.ts';
import { BackupError } from './backup-error.ts';
import type { LogPosition, Manifest } from './manifest.ts';

/** A slow disk must not end the snapshot, nor files that take their time. */
const PATIENCE_SECONDS = 7 * 24 * 3_600;
const WRITE_PATIENCE_SECONDS = 3_600;
/** How long writers may wait for the moment in which the position is read. */
const LOCK_WITHIN_SECONDS = 5;

/** The one of several servers that takes writes, for all that follows. */
export const chooseServer = async (config: DatabaseConfig): Promise<DatabaseConfig> => {
  try {
    return await atPrimary(config);
  } catch (error) {
    throw new BackupError(connectionAdvice(error, config), { cause: error });
  }
};

/** A connection for reading much, and its engine. */
export const connectTo = async (config: DatabaseConfig) => {
  const connection = createConnection({
    ...connectionOptions(await atPrimary(config)),
    database: config.name,
  });
  connection.on('error', () => undefined); // The statement under way reports it.
  const promised = connection.promise();
  try {
    await promised.query(SESSION_SETTINGS);
    await promised.query(
      `SET SESSION net_write_timeout = ${WRITE_PATIENCE_SECONDS}, wait_timeout = ${PATIENCE_SECONDS}`,
    );
    await promised.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    return { connection, promised, ...(await engineOf(promised)) };
  } catch (error) {
    connection.destroy();
    throw new BackupError(connectionAdvice(error, config), { cause: error });
  }
};

const engineOf = async (
  promised: PromisedConnection,
): Promise<Pick<Manifest['database'], 'engine' | 'version'>> => {
  const [rows] = await promised.query<RowDataPacket[]>('SELECT VERSION() AS version');
  const version = String(rows[0]?.['version']);
  return { engine: /mariadb/i.test(version) ? 'MariaDB' : 'MySQL', version };
};

const BEGIN = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY';

/** MariaDB remembers where its log was when the snapshot was taken. */
const beginOnMariaDb = async (promised: PromisedConnection): Promise<LogPosition> => {
  await promised.query(BEGIN);
  const [rows] = await promised.query<RowDataPacket[]>("SHOW STATUS LIKE 'binlog_snapshot_%'");
  const said = new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), String(row['Value'])]));
  const [file, position] = [
    said.get('binlog_snapshot_file') ?? '',
    Number(said.get('binlog_snapshot_position')),
  ];
  const [[gtid]] = await promised.query<RowDataPacket[]>('SELECT BINLOG_GTID_POS(?, ?) AS gtid', [
    file,
    position,
  ]);
  return { file, position, gtid: String(gtid?.['gtid'] ?? '') };
};

/** MySQL tells where its log is now: so nobody may write between the question and the snapshot, which takes a moment. */
const beginOnMySql = async (promised: PromisedConnection): Promise<LogPosition> => {
  await promised.query(`SET SESSION lock_wait_timeout = ${LOCK_WITHIN_SECONDS}`);
  await promised.query('FLUSH TABLES WITH READ LOCK');
  try {
    await promised.query(BEGIN);
    // Its name up to 8.1.
    const [[row]] = await promised
      .query<RowDataPacket[]>('SHOW BINARY LOG STATUS')
      .catch(() => promised.query<RowDataPacket[]>('SHOW MASTER STATUS'));
    const gtid = String(row?.['Executed_Gtid_Set'] ?? '').replaceAll(/\s/g, '');
    return { file: String(row?.['File']), position: Number(row?.['Position']), gtid };
  } finally {
    await promised.query('UNLOCK TABLES');
  }
};

/**
 * Begins a transaction that sees the database as it is at this moment, while others go on writing. The position in the binary
 * log belongs to that moment; where there is none, `why` says so.
 */
export const beginSnapshot = async (
  promised: PromisedConnection,
  engine: Manifest['database']['engine'],
): Promise<{ position: LogPosition | null; why: string }> => {
  const [[log]] = await promised.query<RowDataPacket[]>('SELECT @@log_bin AS isKept');
  if (log?.['isKept'] !== 1) {
    await promised.query(BEGIN);
    return { position: null, why: 'the server keeps no binary log' };
  }
  try {
    const position = await (engine === 'MariaDB' ? beginOnMariaDb : beginOnMySql)(promised);
    return { position, why: '' };
  } catch (error) {
    await promised.query(BEGIN);
    return { position: null, why: (error as Error).message };
  }
};

const LOCK_NAME = "LEFT(CONCAT('backup:', DATABASE()), 64)";

/** Keeps a second backup and the removal of files away until the connection ends. */
export const lockBackups = async (promised: PromisedConnection): Promise<void> => {
  const [[row]] = await promised.query<RowDataPacket[]>(`SELECT GET_LOCK(${LOCK_NAME}, 0) AS locked`);
  if (row?.['locked'] !== 1)
    throw new BackupError('Another backup of this database is under way. Wait for its end.');
};

export type Snapshot = { readonly connection: Connection; readonly promised: PromisedConnection };

import { setTimeout as sleep } from 'node:timers/promises';
import { createPool as createMysqlPool, type PoolConnection } from 'mysql2';
import { borrow, type BorrowedConnection } from './borrowed-connection.ts';
import { unavailable } from './failures.ts';
import { type DatabaseWatch, unwatched } from './watch.ts';

export type DatabaseConfig = {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly poolSize: number;
  /** How long a request may wait for a connection before it is answered 503. */
  readonly acquireTimeoutMs: number;
  /** How long one statement may run before it is answered 503. */
  readonly statementTimeoutMs: number;
};

/** A bounded pool: at most `poolSize` connections, a bounded queue, and no endless waiting. */
export type BoundedPool = {
  readonly watch: DatabaseWatch;
  acquire(): Promise<BorrowedConnection>;
  /** Takes its leave from the server, but does not wait for one that does not answer. */
  end(): Promise<void>;
};

const QUEUED_PER_CONNECTION = 50;
const END_WITHIN_MS = 1_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
/** The server itself ends a statement that runs too long; only one that does not is taken for lost. */
const SERVER_REACTS_WITHIN_MS = 2_000;

/** What every session needs, whoever set up the server. */
export const SESSION_SETTINGS = `SET SESSION time_zone = '+00:00',
  sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'`;

/** The optional parts run on the one server that knows them: MySQL counts milliseconds, MariaDB seconds. */
const requestSettings = (statementTimeoutMs: number): string[] => [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `${SESSION_SETTINGS}, innodb_lock_wait_timeout = 5, group_concat_max_len = 4194304
    /*!50708 , max_execution_time = ${statementTimeoutMs} */
    /*M!100100 , max_statement_time = ${statementTimeoutMs / 1_000} */`,
];

export const connectionOptions = ({
  host,
  port,
  user,
  password,
}: Pick<DatabaseConfig, 'host' | 'port' | 'user' | 'password'>) => ({
  host,
  port,
  user,
  password,
  charset: 'utf8mb4_unicode_520_ci',
  timezone: 'Z',
  dateStrings: ['DATE' as const],
  supportBigNumbers: true,
  connectTimeout: 5_000,
});

export const createPool = (config: DatabaseConfig, watch: DatabaseWatch = unwatched): BoundedPool => {
  const pool = createMysqlPool({
    ...connectionOptions(config),
    database: config.name,
    connectionLimit: config.poolSize,
    queueLimit: config.poolSize * QUEUED_PER_CONNECTION,
    maxPreparedStatements: 200,
    // What a transaction has to say at its beginning and its end goes to the server in one packet.
    multipleStatements: true,
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
  });
  const settings = requestSettings(config.statementTimeoutMs);
  const silenceMs = config.statementTimeoutMs + SERVER_REACTS_WITHIN_MS;
  const prepared = new WeakSet<PoolConnection>();

  const getConnection = () =>
    new Promise<PoolConnection>((resolve, reject) => {
      pool.getConnection((error, connection) => {
        if (error) reject(error);
        else resolve(connection);
      });
    });

  /** A connection whose settings could not be made is good for nothing. */
  const takeConnection = async (): Promise<BorrowedConnection> => {
    const taken = await getConnection();
    const connection = borrow(taken, { silenceMs, watch });
    if (prepared.has(taken)) return connection;
    try {
      for (const setting of settings) await connection.send(setting);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    prepared.add(taken);
    return connection;
  };

  const acquire = () =>
    new Promise<BorrowedConnection>((resolve, reject) => {
      let isTooLate = false;
      const timer = setTimeout(() => {
        isTooLate = true;
        reject(unavailable(new Error('No database connection became free in time')));
      }, config.acquireTimeoutMs);
      takeConnection().then(
        (connection) => {
          clearTimeout(timer);
          if (isTooLate) connection.release();
          else resolve(connection);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(unavailable(error));
        },
      );
    });

  return {
    watch,
    acquire: () => watch.wait(acquire),
    // A connection that cannot take its leave is gone already.
    end: () =>
      Promise.race([
        new Promise<void>((resolve) => {
          pool.end(() => {
            resolve();
          });
        }),
        sleep(END_WITHIN_MS, undefined, { ref: false }),
      ]),
  };
};

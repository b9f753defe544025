import { createPool as createMysqlPool, type Connection as CallbackConnection } from 'mysql2';
import type { Pool, PoolConnection } from 'mysql2/promise';
import { unavailable } from './failures.ts';

export type DatabaseConfig = {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly poolSize: number;
  /** How long a request may wait for a connection before it is answered 503. */
  readonly acquireTimeoutMs: number;
};

/** A bounded pool: at most `poolSize` connections, a bounded queue, and no endless waiting. */
export type BoundedPool = {
  acquire(): Promise<PoolConnection>;
  end(): Promise<void>;
};

const QUEUED_PER_CONNECTION = 50;

/** The optional parts run on the one server that knows them: MySQL counts milliseconds, MariaDB seconds. */
const SESSION_SETTINGS = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 5,
    sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'
    /*!50708 , max_execution_time = 30000 */ /*M!100100 , max_statement_time = 30 */`,
];

const prepareSession = (connection: CallbackConnection) => {
  for (const setting of SESSION_SETTINGS) {
    connection.query(setting, (error) => {
      if (error) connection.destroy();
    });
  }
};

export const connectionOptions = ({ host, port, user, password }: Omit<DatabaseConfig, 'name'>) => ({
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

export const createPool = (config: DatabaseConfig): BoundedPool => {
  const pool = createMysqlPool({
    ...connectionOptions(config),
    database: config.name,
    connectionLimit: config.poolSize,
    queueLimit: config.poolSize * QUEUED_PER_CONNECTION,
    maxPreparedStatements: 200,
    enableKeepAlive: true,
  });
  pool.on('connection', prepareSession);
  const promised: Pool = pool.promise();

  const acquire = () =>
    new Promise<PoolConnection>((resolve, reject) => {
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        reject(unavailable(new Error('No database connection became free in time')));
      }, config.acquireTimeoutMs);
      promised.getConnection().then(
        (connection) => {
          clearTimeout(timer);
          if (timedOut) connection.release();
          else resolve(connection);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(unavailable(error));
        },
      );
    });

  return { acquire, end: () => promised.end() };
};

import { setTimeout as sleep } from 'node:timers/promises';
import { createPool as createMysqlPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2';
import type { Address } from '../shared/config/addresses.ts';
import { borrow, type BorrowedConnection } from './borrowed-connection.ts';
import { connectionOptions, type Login } from './connection-options.ts';
import { isServerLost, unavailable } from './failures.ts';
import { createPrimary, NoPrimary } from './primary.ts';
import { sql } from './sql.ts';
import { type DatabaseWatch, unwatched } from './watch.ts';

export type DatabaseConfig = Address &
  Login & {
    /** Where to go on when the first address does not take writes. */
    readonly otherAddresses: readonly Address[];
    readonly name: string;
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
/** How often another server is looked for, while a cluster makes up its mind. */
const LOOK_AGAIN_MS = 100;

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

const WSREP = sql`SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on'`;

/** A node of Galera answers when it has applied all that was committed at another one before. */
const CATCH_UP = '/*M!100100 SET STATEMENT wsrep_sync_wait = 1 FOR */ SELECT 1';

const poolAt = (place: Address, config: DatabaseConfig): Pool =>
  createMysqlPool({
    ...connectionOptions({ ...config, ...place }),
    database: config.name,
    connectionLimit: config.poolSize,
    queueLimit: config.poolSize * QUEUED_PER_CONNECTION,
    maxPreparedStatements: 200,
    // What a transaction has to say at its beginning and its end goes to the server in one packet.
    multipleStatements: true,
    // Statements come with their values in them, or are prepared: the driver need not look for places of values.
    queryFormat: (text: string) => text,
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
  });

const connectionOf = (pool: Pool) =>
  new Promise<PoolConnection>((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(error);
      else resolve(connection);
    });
  });

const ended = (pool: Pool) =>
  new Promise<void>((resolve) => {
    pool.end(() => {
      resolve();
    });
  });

/** Connections to the server that takes writes; of several addresses, to another one when that is gone. */
export const createPool = (config: DatabaseConfig, watch: DatabaseWatch = unwatched): BoundedPool => {
  const primary = createPrimary(config, watch.movedTo);
  const pools = primary.places.map((place) => poolAt(place, config));
  const settings = [
    ...requestSettings(config.statementTimeoutMs),
    ...(primary.isOneOfSeveral ? [CATCH_UP] : []),
  ];
  const silenceMs = config.statementTimeoutMs + SERVER_REACTS_WITHIN_MS;
  /** Those to nodes of Galera. */
  const oneByOne = new WeakSet<PoolConnection>();
  /** At which epoch. */
  const prepared = new WeakMap<PoolConnection, number>();

  /** A connection whose settings could not be made is good for nothing. */
  const takeConnection = async (): Promise<BorrowedConnection> => {
    const place = await primary.find();
    const epoch = primary.epoch();
    const doubt = () => {
      primary.doubt(epoch);
    };
    const taken = await connectionOf(pools[place] as Pool).catch((error: unknown) => {
      if (isServerLost(error)) doubt();
      throw error;
    });
    const isOneByOne = () => oneByOne.has(taken);
    const connection = borrow(taken, { silenceMs, watch, lost: doubt, isOneByOne });
    if (prepared.get(taken) === epoch) return connection;
    try {
      for (const setting of settings) await connection.send(setting);
      const [rows] = await connection.execute(WSREP);
      if ((rows as RowDataPacket[])[0]?.['Value'] === 'ON') oneByOne.add(taken);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    prepared.set(taken, epoch);
    return connection;
  };

  /** While a cluster decides who goes on, whoever waits for a connection waits for that. */
  const takeFromWhoTakesWrites = async (isTooLate: () => boolean): Promise<BorrowedConnection> => {
    for (;;) {
      try {
        return await takeConnection();
      } catch (error) {
        const mayChange = primary.isOneOfSeveral && (error instanceof NoPrimary || isServerLost(error));
        if (!mayChange || isTooLate()) throw error;
        await sleep(LOOK_AGAIN_MS);
      }
    }
  };

  const acquire = () =>
    new Promise<BorrowedConnection>((resolve, reject) => {
      let isTooLate = false;
      const timer = setTimeout(() => {
        isTooLate = true;
        reject(unavailable(new Error('No database connection became free in time')));
      }, config.acquireTimeoutMs);
      takeFromWhoTakesWrites(() => isTooLate).then(
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
    end: async () => {
      primary.close();
      await Promise.race([Promise.all(pools.map(ended)), sleep(END_WITHIN_MS, undefined, { ref: false })]);
    },
  };
};

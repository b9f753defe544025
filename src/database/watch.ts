import { type Address, textOf } from '../shared/config/addresses.ts';
import { watch } from '../shared/metrics/gauges.ts';
import type { Metrics } from '../shared/metrics/metrics.ts';
import type { LogControl } from '../shared/utils/log-control.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { Sql } from './sql.ts';

/** Is told what happens between the product and its database, and changes nothing. */
export type DatabaseWatch = {
  /** Runs a statement and takes its time. */
  statement<T>(statement: Sql, run: () => Promise<T>): Promise<T>;
  /** Runs a statement of a tenant; writes it down by name where everything of the tenant is wanted. */
  ofTenant<T>(tenantId: string, statement: Sql, run: () => Promise<T>): Promise<T>;
  /** Takes the time until work has a connection. */
  wait<T>(acquire: () => Promise<T>): Promise<T>;
  /** A connection is in use, from now until it is given back. */
  taken(): void;
  givenBack(): void;
  /** Another server takes the writes from now on. */
  movedTo(address: Address): void;
  /** A transaction is made once more. */
  retried(): void;
  /** So many transactions were made as one, or could not be and are made one by one. */
  shared(count: number, outcome: 'kept' | 'undone'): void;
};

const nothing = (): void => undefined;

export const unwatched: DatabaseWatch = {
  statement: (_statement, run) => run(),
  ofTenant: (_tenantId, _statement, run) => run(),
  wait: (acquire) => acquire(),
  taken: nothing,
  givenBack: nothing,
  movedTo: nothing,
  retried: nothing,
  shared: nothing,
};

type WatchDeps = {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly logControl: Pick<LogControl, 'talkative'>;
  readonly config: { readonly poolSize: number; readonly slowQueryMs: number };
};

/** Counts and times for the figures, and writes down what is slow: by name, never with the values. */
export const createDatabaseWatch = ({ metrics, logger, logControl, config }: WatchDeps): DatabaseWatch => {
  const { statements, failedStatements, slowStatements, connectionWaits, connectionTimeouts } = metrics;
  const pool = { inUse: 0, waiting: 0 };
  watch(metrics, {
    aggregator: 'sum',
    read: () => Promise.resolve(pool),
    gauges: {
      db_pool_connections_in_use: ['Connections that work is done on', ({ inUse }) => inUse],
      db_pool_waiting: ['Work that waits for a connection', ({ waiting }) => waiting],
      db_pool_connections_limit: ['Connections that the pool may have', () => config.poolSize],
    },
  });

  const ended = (query: string, startedAt: number) => {
    const durationMs = performance.now() - startedAt;
    statements.observe(durationMs / 1_000, query);
    if (durationMs < config.slowQueryMs) return;
    slowStatements.inc({ query });
    logger.warn({ query, durationMs: Math.round(durationMs) }, 'A query was slow');
  };

  return {
    statement: async ({ name = 'unnamed' }, run) => {
      const startedAt = performance.now();
      try {
        return await run();
      } catch (error) {
        failedStatements.inc({ query: name });
        throw error;
      } finally {
        ended(name, startedAt);
      }
    },
    ofTenant: async (tenantId, { name }, run) => {
      const talkative = logControl.talkative(tenantId);
      if (!talkative) return run();
      const startedAt = performance.now();
      try {
        return await run();
      } finally {
        const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
        talkative.debug({ tenantId, query: name, durationMs }, 'query');
      }
    },
    wait: async (acquire) => {
      const startedAt = performance.now();
      pool.waiting += 1;
      try {
        return await acquire();
      } catch (error) {
        connectionTimeouts.inc();
        throw error;
      } finally {
        pool.waiting -= 1;
        connectionWaits.observe((performance.now() - startedAt) / 1_000);
      }
    },
    taken: () => {
      pool.inUse += 1;
    },
    givenBack: () => {
      pool.inUse -= 1;
    },
    movedTo: (address) => {
      logger.warn({ address: textOf(address) }, 'The database is written to at another address now');
    },
    retried: () => {
      metrics.retriedTransactions.inc();
    },
    shared: (count, outcome) => {
      metrics.sharedTransactions.inc({ outcome }, count);
    },
  };
};

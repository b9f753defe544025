import { Counter, Gauge, Registry } from 'prom-client';
import { createTimings, type Timings } from './timings.ts';

/** From a lookup by key to a request that is as good as lost. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const STATEMENT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10];
/** From what happens at once to what somebody has been waiting for all morning. */
const DELAY_BUCKETS = [0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600];

/** How often something was remembered, and how often it had to be asked for. */
export type CacheCounts = { hits: number; misses: number };

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * What a process counts and times: the one list. Labels are bounded by the code, as routes and names of statements are; no tenant,
 * user or path is ever one.
 */
export const createMetrics = () => {
  const registry = new Registry();
  const registers = [registry];
  const timings = (
    name: string,
    help: string,
    labels: readonly string[],
    buckets: readonly number[],
  ): Timings => createTimings(registry, { name, help, labels, buckets });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });

  const caches = new Map<string, CacheCounts>();
  /** Counted by plain addition, and told only when somebody asks. */
  new Counter({
    name: 'cache_requests_total',
    help: 'Questions to a memory of this process, by cache and whether it knew the answer',
    labelNames: ['cache', 'result'],
    registers,
    collect() {
      this.reset();
      for (const [cache, { hits, misses }] of caches) {
        this.inc({ cache, result: 'hit' }, hits);
        this.inc({ cache, result: 'miss' }, misses);
      }
    },
  });

  return {
    registry,

    requests: timings(
      'http_request_duration_seconds',
      'Time from a request to the end of its answer, by method, pattern of the route and status',
      ['method', 'route', 'status'],
      REQUEST_BUCKETS,
    ),
    requestsInFlight: new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests that are being answered',
      registers,
    }),

    statements: timings(
      'db_query_duration_seconds',
      'Time of a statement in the database, by its name',
      ['query'],
      STATEMENT_BUCKETS,
    ),
    failedStatements: counter('db_query_failures_total', 'Statements that ended in an error, by name', [
      'query',
    ]),
    slowStatements: counter('db_slow_queries_total', 'Statements that took longer than DB_SLOW_QUERY_MS', [
      'query',
    ]),
    retriedTransactions: counter(
      'db_transaction_retries_total',
      'Transactions made again after a deadlock or a lock wait',
    ),
    sharedTransactions: counter(
      'db_shared_transactions_total',
      'Transactions that shared a commit (kept), or could not and were made one by one (undone)',
      ['outcome'],
    ),
    connectionWaits: timings(
      'db_pool_wait_seconds',
      'Time that work waited for a connection of the pool',
      [],
      STATEMENT_BUCKETS,
    ),
    connectionTimeouts: counter(
      'db_pool_timeouts_total',
      'Work that got no connection within DB_ACQUIRE_TIMEOUT_MS',
    ),

    /** The counts of a cache, to be added to. Caches of one name are one. */
    cache: (name: string): CacheCounts => {
      const counts = caches.get(name) ?? { hits: 0, misses: 0 };
      caches.set(name, counts);
      return counts;
    },

    sentMessages: counter('websocket_messages_total', 'Messages given to Socket.IO, by name', ['name']),
    domainEvents: counter('domain_events_total', 'Events that were committed, by type', ['type']),
    bookings: counter('appointments_booked_total', 'Appointments that were booked'),
    cancellations: counter('appointments_cancelled_total', 'Appointments that were cancelled'),
    signUps: counter('sign_ups_total', 'Clinics that signed up and patients who opened an account', ['kind']),

    handledEvents: counter('events_handled_total', 'Events that a consumer has acted on, or failed to', [
      'consumer',
      'outcome',
    ]),
    eventDelays: timings(
      'event_delay_seconds',
      'Time from the commit of an event until a consumer had acted on it',
      ['consumer'],
      DELAY_BUCKETS,
    ),
    deliveries: counter('deliveries_total', 'Attempts to deliver a message, by channel and outcome', [
      'channel',
      'outcome',
    ]),

    rounds: timings(
      'job_duration_seconds',
      'Time of a round of a repeated job',
      ['job', 'outcome'],
      DELAY_BUCKETS,
    ),
    lastRounds: new Gauge({
      name: 'job_last_success_timestamp_seconds',
      help: 'When a repeated job last went well',
      labelNames: ['job'],
      aggregator: 'max',
      registers,
    }),
  };
};

import { createOutbox } from '../../database/outbox.ts';
import { testDatabase } from '../../database/tests/test-database.ts';
import { bin, sql } from '../../database/sql.ts';
import { createGate, type Gate } from '../../shared/tests/gate.ts';
import { newId } from '../../shared/types/id.ts';
import { systemClock } from '../../shared/utils/clock.ts';
import { createLogger } from '../../shared/utils/logger.ts';
import { createRedis, type Redis } from '../../shared/utils/redis.ts';
import { until } from '../../shared/tests/until.ts';
import { createRelay, type Relay } from '../relay.ts';
import { fromFields, type StoredEvent } from '../stored-event.ts';
import { createStreamConsumer, type StreamConsumer, type StreamConsumerDeps } from '../stream-consumer.ts';
import { streamKeys } from '../stream-keys.ts';

/** Everything that a test of events needs, on real servers: a stream of its own, and tenants of its own. */
export const eventWorld = async () => {
  const testing = await testDatabase();
  const { database, config } = testing;
  const logger = createLogger(config);
  const streamPrefix = `{test-${newId()}}`;
  const keys = streamKeys(streamPrefix);
  const connections: Redis[] = [];
  const stops: (() => Promise<void>)[] = [];

  /** A connection, through `gate` where one is given. */
  const connect = async ({ gate, blocking = false }: { gate?: Gate; blocking?: boolean } = {}) => {
    const { password } = config.redis;
    const address = gate ? { host: '127.0.0.1', port: gate.port, password } : config.redis;
    const redis = createRedis(address, logger, { blocking });
    connections.push(redis);
    await until(() => redis.status === 'ready');
    return redis;
  };
  const redis = await connect();

  /** Commits events of one tenant, each in a transaction of its own; answers their payloads' numbers. */
  const commit = async (tenantId: string, numbers: readonly number[], nudge = (): void => undefined) => {
    const outbox = createOutbox(systemClock, nudge);
    for (const number of numbers) {
      const event = { type: 'test.happened', payload: { number } };
      await database.transaction({ tenantId }, (tx) => outbox.publish(tx, { requestId: 'test' }, event));
    }
  };

  const inStream = async (tenantId: string): Promise<StoredEvent[]> => {
    const entries = await redis.xrange(keys.stream, '-', '+');
    return entries.map(([, fields]) => fromFields(fields)).filter((event) => event.tenantId === tenantId);
  };

  const countUnpublished = async (tenantId: string) =>
    (
      await database.read(tenantId).many(sql`
        SELECT id FROM outbox WHERE tenant_id = ${bin(tenantId)} AND published_at IS NULL`)
    ).length;

  const relay = async (
    options: { gate?: Gate; pollMs?: number; lookBackMs?: number } = {},
  ): Promise<Relay> => {
    // The database has events of other tests, which need not come again.
    const { pollMs = 100, lookBackMs = 0 } = options;
    const own = await connect(options);
    const created = createRelay({
      ...{ database, redis: own, clock: systemClock, logger, streamPrefix, pollMs, lookBackMs },
    });
    stops.push(() => created.stop());
    created.start();
    return created;
  };

  const consumer = async (
    options: Pick<StreamConsumerDeps, 'name' | 'handle'> & Partial<StreamConsumerDeps> & { gate?: Gate },
  ): Promise<StreamConsumer> => {
    const { gate, ...rest } = options;
    const created = createStreamConsumer({
      database,
      logger,
      streamPrefix,
      idleMs: 300,
      redis: await connect({ ...(gate && { gate }), blocking: true }),
      redisCommands: await connect(gate && { gate }),
      ...rest,
    });
    stops.push(() => created.stop());
    created.start();
    return created;
  };

  return {
    database,
    config,
    redis,
    keys,
    connect,
    commit,
    inStream,
    countUnpublished,
    relay,
    consumer,
    gate: () => createGate(config.redis),
    end: async () => {
      await Promise.all(stops.map((stop) => stop()));
      await redis.del(keys.stream, keys.published);
      for (const connection of connections) connection.disconnect();
      await testing.close();
    },
  };
};
export type EventWorld = Awaited<ReturnType<typeof eventWorld>>;

/** How far a test looks back that empties Redis: longer than it takes. */
export const LOOK_BACK = { lookBackMs: 10_000 };

/** 1, 2, … `last`. */
export const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

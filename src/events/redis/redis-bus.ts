import type { Config } from '../../shared/config/config.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import { createRedis, onReady, type Redis } from '../../shared/utils/redis.ts';
import type { Backlog, EventBus } from '../event-bus.ts';
import { appendEvents, WHOLE } from './append-events.ts';
import { createRedisReader } from './redis-reader.ts';
import { streamKeys } from './stream-keys.ts';

export type RedisBusDeps = {
  /** Any connection that fails fast; it is neither blocked nor closed. */
  readonly redis: Redis;
  readonly config: Pick<Config, 'redis' | 'streamPrefix'>;
  readonly logger: Logger;
  /** How many events the stream keeps, about. All of them stay in the outbox. */
  readonly maxLength?: number;
};

/** `XINFO GROUPS` answers names and values in turns; `lag` only from Redis 7 on, and only while Redis can tell. */
const fieldOf = (group: readonly unknown[], name: string): unknown => group[group.indexOf(name) + 1];

const readBacklog = async (redis: Redis, stream: string): Promise<Backlog> => {
  const groups = (await redis.xinfo('GROUPS', stream)) as unknown[][];
  const figures = (name: string) =>
    Object.fromEntries(
      groups.flatMap((group) => {
        const [consumer, figure] = [fieldOf(group, 'name'), fieldOf(group, name)];
        return typeof figure === 'number' ? [[String(consumer), figure]] : [];
      }),
    );
  return { lag: figures('lag'), pending: figures('pending') };
};

/** Events in a Redis stream: one for all tenants, and beside it a hash that knows the last event of each. */
export const createRedisBus = ({ redis, config, logger, maxLength = 100_000 }: RedisBusDeps): EventBus => {
  const keys = streamKeys(config.streamPrefix);
  return {
    server: 'Redis',
    isConnected: () => redis.status === 'ready',
    onConnected: (listener) => onReady(redis, listener),
    ping: () => redis.ping(),
    append: (events, options) => appendEvents({ redis, keys, maxLength }, events, options),
    isWhole: async () => (await redis.hexists(keys.published, WHOLE)) === 1,
    lastSequences: async (tenantIds) =>
      (await redis.hmget(keys.published, ...tenantIds)).map((last) => Number(last ?? 0)),
    makeWhole: async () => {
      await redis.hset(keys.published, WHOLE, 1);
    },
    reader: (consumer, options) =>
      createRedisReader({
        consumer,
        redis: createRedis(config.redis, logger, { blocking: true }),
        commands: redis,
        stream: keys.stream,
        logger,
        ...options,
      }),
    backlog: () => readBacklog(redis, keys.stream),
    close: () => Promise.resolve(),
  };
};

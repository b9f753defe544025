import type { Config } from '../../shared/config/config.ts';
import { createGate } from '../../shared/tests/gate.ts';
import { until } from '../../shared/tests/until.ts';
import { newId } from '../../shared/types/id.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import { createRedis, type Redis } from '../../shared/utils/redis.ts';
import { createRedisBus } from '../redis/redis-bus.ts';
import { streamKeys } from '../redis/stream-keys.ts';
import { fromFields } from '../stored-event.ts';
import type { BusBed } from './bus-bed.ts';

/** A stream of its own at the Redis of the tests. */
export const redisBed = (
  config: Config,
  logger: Logger,
): BusBed & { redis(): Promise<Redis>; stream: string } => {
  const streamPrefix = `{test-${newId()}}`;
  const keys = streamKeys(streamPrefix);
  const connections: Redis[] = [];
  const connect = async (address: Config['redis']) => {
    const redis = createRedis(address, logger);
    connections.push(redis);
    await until(() => redis.status === 'ready');
    return redis;
  };
  let first: Promise<Redis> | undefined;
  const redis = () => (first ??= connect(config.redis));
  return {
    stream: keys.stream,
    redis,
    bus: async (gate) => {
      const { password } = config.redis;
      const address = gate ? { host: '127.0.0.1', port: gate.port, password } : config.redis;
      return createRedisBus({
        redis: await connect(address),
        config: { redis: address, streamPrefix },
        logger,
      });
    },
    gate: () => createGate(config.redis),
    lose: async () => {
      await (await redis()).del(keys.stream, keys.published);
    },
    events: async () =>
      (await (await redis()).xrange(keys.stream, '-', '+')).map(([, fields]) => fromFields(fields)),
    end: async () => {
      await (await redis()).del(keys.stream, keys.published);
      for (const connection of connections) connection.disconnect();
    },
  };
};

import { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { Logger } from './logger.ts';

export type { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 1_000;
const RECONNECT_AT_MOST_EVERY_MS = 1_000;

/**
 * A connection that fails fast while Redis is away and comes back by itself: what it serves is a cache or waits
 * in MySQL. A `blocking` one (for reading streams) has no time-out on its commands.
 */
export const createRedis = (config: Config['redis'], logger: Logger, { blocking = false } = {}): Redis => {
  const redis = new Redis({
    host: config.host,
    port: config.port,
    ...(config.password !== '' && { password: config.password }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: blocking ? null : 0,
    ...(!blocking && { commandTimeout: COMMAND_TIMEOUT_MS }),
    connectTimeout: 2_000,
    disconnectTimeout: 500, // A connection that was lost before it is closed keeps the process up for this long.
    retryStrategy: (times) => Math.min(times * 50, RECONNECT_AT_MOST_EVERY_MS),
  });
  let isAway = false;
  redis.on('error', (error: Error) => {
    if (!isAway) logger.warn({ err: error }, 'Redis is away; going on without it');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) logger.info('Redis is back');
    isAway = false;
  });
  return redis;
};

/** What Redis answers, or `undefined` when it is away: for what can be had without it. */
export const unlessAway = async <T>(
  redis: Redis,
  ask: (redis: Redis) => Promise<T>,
): Promise<T | undefined> => {
  if (redis.status !== 'ready') return undefined;
  try {
    return await ask(redis);
  } catch {
    return undefined;
  }
};

/** Every key of a tenant starts with its id as the hash tag, so that a cluster keeps them together. */
export const tenantKey = (tenantId: string, ...parts: readonly string[]): string =>
  [`{${tenantId}}`, ...parts].join(':');

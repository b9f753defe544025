import { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { Logger } from './logger.ts';

export type { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 1_000;
const RECONNECT_AT_MOST_EVERY_MS = 1_000;
/** Longer than any read that waits for new entries: a Redis that owes an answer for so long is taken for lost. */
const SILENT_AT_MOST_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const FIRST_CONNECTION_WITHIN_MS = 1_000;

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
    socketTimeout: SILENT_AT_MOST_MS,
    keepAlive: KEEP_ALIVE_AFTER_MS,
    disconnectTimeout: 500, // A connection that was lost before it is closed keeps the process up for this long.
    retryStrategy: (times) => Math.min(times * 50, RECONNECT_AT_MOST_EVERY_MS),
  });
  reportAbsence(redis, logger);
  return redis;
};

/** One line at each end of an absence. A first connection that is there within a second was never away. */
const reportAbsence = (redis: Redis, logger: Logger): void => {
  let isAway = false;
  let hasConnected = false;
  let patience: NodeJS.Timeout | undefined;
  const report = (error: Error) => {
    if (!isAway) logger.warn({ err: error }, 'Redis is away; going on without it');
    isAway = true;
  };
  redis.on('error', (error: Error) => {
    if (hasConnected) report(error);
    else patience ??= setTimeout(report, FIRST_CONNECTION_WITHIN_MS, error).unref();
  });
  redis.on('ready', () => {
    clearTimeout(patience);
    if (isAway) logger.info('Redis is back');
    isAway = false;
    hasConnected = true;
  });
  redis.on('end', () => {
    clearTimeout(patience);
  });
};

/** Resolves when a new connection is there, or after a second without it. */
export const connectedSoon = (redis: Redis): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      redis.off('ready', settle);
      resolve();
    };
    const timer = setTimeout(settle, FIRST_CONNECTION_WITHIN_MS);
    redis.once('ready', settle);
    if (redis.status === 'ready') settle();
  });

/** Calls `listener` whenever the connection is there again; answers how to end that. */
export const onReady = (redis: Redis, listener: () => void): (() => void) => {
  redis.on('ready', listener);
  return () => {
    redis.off('ready', listener);
  };
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

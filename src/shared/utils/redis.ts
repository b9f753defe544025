import { Cluster, Redis as Server, type RedisOptions } from 'ioredis';
import type { RedisSettings } from '../config/server-settings.ts';
import type { Logger } from './logger.ts';

/** A server, alone or found by sentinels, or all nodes of a cluster together. */
export type Redis = Server | Cluster;

const COMMAND_TIMEOUT_MS = 1_000;
const RECONNECT_AT_MOST_EVERY_MS = 1_000;
/** Longer than any read that waits for new entries: a Redis that owes an answer for so long is taken for lost. */
const SILENT_AT_MOST_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const FIRST_CONNECTION_WITHIN_MS = 1_000;
const SENTINEL_ANSWERS_WITHIN_MS = 1_000;
/** While another node of a cluster takes over, a command is tried for half a second. */
const CLUSTER_TRIES = 5;

const retryDelay = (times: number) => Math.min(times * 50, RECONNECT_AT_MOST_EVERY_MS);

/** A primary that has become a replica keeps its connections, and refuses what is written. */
const isDemoted = ({ message }: Error): boolean => message.startsWith('READONLY');

const connectionOptions = (password: string, blocking: boolean) => ({
  ...(password !== '' && { password }),
  maxRetriesPerRequest: blocking ? null : 0,
  ...(!blocking && { commandTimeout: COMMAND_TIMEOUT_MS }),
  connectTimeout: 2_000,
  socketTimeout: SILENT_AT_MOST_MS,
  keepAlive: KEEP_ALIVE_AFTER_MS,
  disconnectTimeout: 500, // So long a server that is left may take to let go.
});

/**
 * A connection that is closed starts a timer, which its end stops. One that had ended before, because it was lost or has been closed
 * already, would keep the process up until the timer has run: it tells its end again.
 */
const leavingNoTimer = (redis: Server): Server => {
  const [disconnect, duplicate] = [redis.disconnect.bind(redis), redis.duplicate.bind(redis)];
  redis.disconnect = (reconnect) => {
    disconnect(reconnect);
    const { stream } = redis as { stream?: Server['stream'] };
    if (stream?.closed) stream.emit('close');
  };
  redis.duplicate = (own) => leavingNoTimer(duplicate(own));
  return redis;
};

const connect = (
  { host, port, password, sentinel, clusterNodes }: RedisSettings,
  blocking: boolean,
): Redis => {
  const options = connectionOptions(password, blocking);
  if (clusterNodes) {
    return new Cluster([...clusterNodes], {
      redisOptions: options,
      enableOfflineQueue: false,
      clusterRetryStrategy: retryDelay,
      maxRedirections: CLUSTER_TRIES,
    });
  }
  const place = sentinel
    ? {
        sentinels: [...sentinel.addresses],
        name: sentinel.name,
        ...(sentinel.password !== '' && { sentinelPassword: sentinel.password }),
        sentinelRetryStrategy: retryDelay,
        sentinelCommandTimeout: SENTINEL_ANSWERS_WITHIN_MS,
      }
    : { host, port };
  return leavingNoTimer(
    new Server({
      ...options,
      ...place,
      enableOfflineQueue: false,
      retryStrategy: retryDelay,
      reconnectOnError: isDemoted,
    }),
  );
};

/**
 * A connection that fails fast while Redis is away and comes back by itself: what it serves is a cache or waits
 * in MySQL. A `blocking` one (for reading streams) has no time-out on its commands.
 */
export const createRedis = (settings: RedisSettings, logger: Logger, { blocking = false } = {}): Redis => {
  const redis = connect(settings, blocking);
  reportAbsence(redis, logger);
  return redis;
};

export const isCluster = (redis: Redis): redis is Cluster => redis instanceof Cluster;

type OwnOptions = Pick<RedisOptions, 'autoResubscribe' | 'maxRetriesPerRequest' | 'commandTimeout'>;

/** Another connection to the same place. A patient one keeps commands until Redis is there. */
export const duplicateOf = (redis: Redis, own: OwnOptions = {}, { patient = false } = {}): Redis =>
  isCluster(redis)
    ? redis.duplicate([], { enableOfflineQueue: patient, redisOptions: own })
    : redis.duplicate({ enableOfflineQueue: patient, ...own });

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

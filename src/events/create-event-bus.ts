import type { Config } from '../shared/config/config.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { Redis } from '../shared/utils/redis.ts';
import type { EventBus } from './event-bus.ts';
import { createNatsBus } from './nats/nats-bus.ts';
import { createRedisBus } from './redis/redis-bus.ts';

/** The bus that the configuration names. Connects by itself; `redis` is the connection that all others share. */
export const createEventBus = (config: Config, redis: Redis, logger: Logger): EventBus =>
  config.eventBus === 'redis'
    ? createRedisBus({ redis, config, logger })
    : createNatsBus({ settings: config.nats, prefix: config.eventStream, logger });

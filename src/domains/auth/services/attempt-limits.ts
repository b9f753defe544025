import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Redis } from '../../../shared/utils/redis.ts';

export type Limit = { readonly points: number; readonly perSeconds: number; readonly blockSeconds: number };

/** Counts in Redis, for all processes together; in this process's memory while Redis is away. */
export type AttemptLimit = {
  /** Seconds to wait where there were too many, else 0. One that has to wait is not counted. */
  take(key: string): Promise<number>;
  giveBack(key: string): Promise<void>;
  clear(key: string): Promise<void>;
};

export const createAttemptLimit = (redis: Redis, limit: Limit): AttemptLimit => {
  const options = {
    keyPrefix: '', // Keys begin with their tenant.
    points: limit.points,
    duration: limit.perSeconds,
    blockDuration: limit.blockSeconds,
  };
  const limiter = new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(options),
  });
  return {
    take: async (key) => {
      try {
        await limiter.consume(key);
        return 0;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    },
    giveBack: async (key) => {
      await limiter.reward(key);
    },
    clear: async (key) => {
      await limiter.delete(key);
    },
  };
};

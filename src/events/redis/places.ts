import type { Redis } from '../../shared/utils/redis.ts';
import type { Places } from '../event-bus.ts';

/** In a sorted set beside the stream. `commands` is any connection that fails fast. */
export const createPlaces = (commands: Redis, stream: string, consumer: string): Places => {
  const key = `${stream}:${consumer}:passed`;
  return {
    reached: async (tenantId, sequence) => Number((await commands.zscore(key, tenantId)) ?? 0) >= sequence,
    raise: async (tenantId, sequence) => {
      await commands.zadd(key, 'GT', sequence, tenantId);
    },
  };
};

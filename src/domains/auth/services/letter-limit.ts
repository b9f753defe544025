import { createHash } from 'node:crypto';
import { type Redis, tenantKey } from '../../../shared/utils/redis.ts';
import { createAttemptLimit } from './attempt-limits.ts';

const LIMIT = { points: 5, perSeconds: 3_600, blockSeconds: 0 };

/** Keeps strangers from filling somebody's mailbox: five letters an hour that anybody can ask for. */
export type LetterLimit = { allows(tenantId: string, email: string): Promise<boolean> };

export const createLetterLimit = (redis: Redis): LetterLimit => {
  const letters = createAttemptLimit(redis, LIMIT);
  return {
    allows: async (tenantId, email) => {
      const mailbox = createHash('sha256').update(email).digest('base64url');
      return (await letters.take(tenantKey(tenantId, 'letters', mailbox))) === 0;
    },
  };
};

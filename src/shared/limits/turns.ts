import pLimit, { type LimitFunction } from 'p-limit';
import { AppError, commonProblems } from '../utils/errors.ts';

/** Runs `work` when it is the turn of its tenant. Throws 429 `rate_limited` when too much of the tenant's waits already. */
export type Turns = <T>(tenantId: string, work: () => Promise<T>) => Promise<T>;

type Lane = { readonly limit: LimitFunction; requests: number };

const WAITING = 100;

/** A clinic may use half of the connections for what is costly. */
export const turnsOf = (poolSize: number) => ({ atOnce: Math.ceil(poolSize / 2), waiting: WAITING });

/** Lets `atOnce` of a tenant's costly requests run at a time and `waiting` more wait: the others keep their connections. */
export const createTurns = ({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns => {
  const lanes = new Map<string, Lane>();
  return async (tenantId, work) => {
    const lane = lanes.get(tenantId) ?? { limit: pLimit(atOnce), requests: 0 };
    if (lane.requests >= atOnce + waiting) {
      const detail = 'Too many costly requests of this clinic at once. Try again in 1 s.';
      throw new AppError(commonProblems.rate_limited, detail, { headers: { 'Retry-After': '1' } });
    }
    lanes.set(tenantId, lane);
    lane.requests += 1;
    try {
      return await lane.limit(work);
    } finally {
      lane.requests -= 1;
      if (lane.requests === 0) lanes.delete(tenantId);
    }
  };
};

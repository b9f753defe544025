import type { Clock } from '../shared/utils/clock.ts';

/** Answers whether one more is allowed: `capacity` at once, `perSecond` in the long run. */
export const createTokenBucket = (
  clock: Clock,
  { capacity, perSecond }: { readonly capacity: number; readonly perSecond: number },
): (() => boolean) => {
  let tokens = capacity;
  let filledAt = clock.now().getTime();
  return () => {
    const now = clock.now().getTime();
    tokens = Math.min(capacity, tokens + (Math.max(0, now - filledAt) / 1_000) * perSecond);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};

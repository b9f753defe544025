import type { Quota } from '../config/rate-limits.ts';
import type { Clock } from '../utils/clock.ts';
import type { Count, Settlement } from './settlement.ts';

export type Reading = {
  readonly isAdmitted: boolean;
  readonly remaining: number;
  /** Until the window ends, rounded up. */
  readonly resetSeconds: number;
};

export type Meter = {
  readonly quota: Quota;
  /** Counts one more for `subject`, whose key in Redis begins with `keyStart`. Only an exact meter makes anyone wait. */
  take(subject: string, keyStart: string): Reading | Promise<Reading>;
};

type MeterDeps = {
  readonly quota: Quota;
  readonly clock: Clock;
  readonly settlement: Settlement;
  /** Whether the other processes are asked before an answer is given, instead of within a moment after it. */
  readonly isExact: boolean;
};

/** What a process may count before it tells the others, as a share of the limit. */
const UNTOLD_SHARE = 0.02;
/** More subjects than that in one window are an attack from everywhere: the first ones are forgotten. */
const MOST_SUBJECTS = 100_000;

/**
 * Counts each subject's requests in windows that begin at the same moment in all processes. What is refused is not
 * counted. The processes together admit at most {@link UNTOLD_SHARE} of the limit too many for each beside the first,
 * and what arrives while they tell each other; an exact meter not even that while Redis answers.
 */
export const createMeter = ({ quota, clock, settlement, isExact }: MeterDeps): Meter => {
  const { limit, windowMs } = quota;
  const toldAfter = Math.ceil(limit * UNTOLD_SHARE);
  const counts = new Map<string, Count>();
  let window = 0;

  const begin = (subject: string, keyStart: string): Count => {
    const [oldest] = counts.size >= MOST_SUBJECTS ? counts.keys() : [];
    if (oldest !== undefined) counts.delete(oldest);
    const key = `${keyStart}:${window}`;
    const count = { key, keptMs: 2 * windowMs, used: 0, unsettled: 0, settling: undefined };
    counts.set(subject, count);
    return count;
  };

  const readingOf = (isAdmitted: boolean, { used }: Count, now: number): Reading => ({
    isAdmitted,
    remaining: Math.max(limit - used, 0),
    resetSeconds: Math.ceil((windowMs - (now % windowMs)) / 1_000),
  });

  return {
    quota,
    take: (subject, keyStart) => {
      const now = clock.now().getTime();
      const current = Math.floor(now / windowMs);
      if (current !== window) counts.clear();
      window = current;
      const count = counts.get(subject) ?? begin(subject, keyStart);
      if (count.used >= limit) return readingOf(false, count, now);
      count.used += 1;
      count.unsettled += 1;
      if (isExact) return settlement.now(count).then(() => readingOf(count.used <= limit, count, now));
      if (count.unsettled >= toldAfter || count.used === limit) settlement.later(count);
      return readingOf(true, count, now);
    },
  };
};

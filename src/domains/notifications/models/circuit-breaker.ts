import type { Clock } from '../../../shared/utils/clock.ts';

const FAILURES = 5;
const OPEN_MS = 30_000;

/** Keeps a process from running against a provider that is down. */
export type CircuitBreaker = {
  /** Nothing while calls may go out; otherwise when the next one may. After that time one call goes out to try. */
  closedUntil(): Date | undefined;
  succeeded(): void;
  failed(): void;
};

/** Opens after five failures in a row, for half a minute; then one call at a time tries, until one succeeds. */
export const createCircuitBreaker = (clock: Clock): CircuitBreaker => {
  let failures = 0;
  let opensAt = 0;
  return {
    closedUntil: () => {
      const now = clock.now().getTime();
      if (failures < FAILURES) return undefined;
      if (now < opensAt) return new Date(opensAt);
      opensAt = now + OPEN_MS;
      return undefined;
    },
    succeeded: () => {
      failures = 0;
    },
    failed: () => {
      failures++;
      if (failures >= FAILURES) opensAt = clock.now().getTime() + OPEN_MS;
    },
  };
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../shared/utils/logger.ts';
import { jittered } from './alarm.ts';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;
/** A connection that is just being made is no outage. */
const FAILURES_UNTIL_SAID = 4;

export type Outage = {
  /** Waits, and says so once if that goes on: longer with each failure in a row, and no longer once `signal` aborts. */
  failed(error: unknown): Promise<void>;
  /** What failed works again. */
  over(): void;
};

/** Paces a loop whose database or Redis may go away, and keeps its log to one line at each end. */
export const createOutage = (who: string, logger: Logger, signal: AbortSignal): Outage => {
  let failures = 0;
  return {
    failed: async (error) => {
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
      failures += 1;
      if (failures === FAILURES_UNTIL_SAID) logger.warn({ err: error }, `${who} cannot go on; waiting`);
      await sleep(jittered(waitMs), undefined, { signal }).catch(() => undefined);
    },
    over: () => {
      if (failures >= FAILURES_UNTIL_SAID) logger.info(`${who} goes on`);
      failures = 0;
    },
  };
};

import type { Metrics } from '../metrics/metrics.ts';
import type { Logger } from './logger.ts';

type Repeated = {
  readonly name: string;
  readonly everyMs: number;
  readonly logger: Logger;
  readonly act: () => Promise<void>;
  readonly metrics?: Pick<Metrics, 'rounds' | 'lastRounds'>;
};

/** Acts `everyMs` after it was done the last time, until it is stopped; a failure is logged, and the next round tries again. */
export const repeatedly = ({ name, everyMs, logger, act, metrics }: Repeated): { stop(): Promise<void> } => {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();

  const round = async () => {
    const startedAt = performance.now();
    const ended = (outcome: 'succeeded' | 'failed') =>
      metrics?.rounds.observe((performance.now() - startedAt) / 1_000, name, outcome);
    try {
      await act();
      ended('succeeded');
      metrics?.lastRounds.setToCurrentTime({ job: name });
    } catch (error) {
      ended('failed');
      logger.warn({ err: error, name }, 'A round failed; the next one tries again');
    }
    schedule();
  };
  const schedule = () => {
    if (isStopped) return;
    timer = setTimeout(() => {
      underWay = round();
    }, everyMs);
    timer.unref();
  };

  schedule();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
};

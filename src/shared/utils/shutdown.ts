import type { EventEmitter } from 'node:events';
import type { Logger } from './logger.ts';

/** One thing to stop. It may fail; the others are stopped all the same. */
export type ShutdownStep = { readonly name: string; readonly run: () => unknown };

export type Shutdown = {
  /** Stops everything, once: whoever asks again waits for the same. Resolves to whether all of it went well. Never rejects. */
  begin(reason: string): Promise<boolean>;
  isShuttingDown(): boolean;
};

type ShutdownOptions = {
  readonly steps: readonly ShutdownStep[];
  /** For all steps together. Steps that the time does not suffice for are not waited for or not begun. */
  readonly timeoutMs: number;
  readonly logger: Logger;
};

/** Runs `steps` in their order, each after the one before has ended. */
export const createShutdown = ({ steps, timeoutMs, logger }: ShutdownOptions): Shutdown => {
  let running: Promise<boolean> | undefined;
  let isTooLate = false;

  const runStep = async ({ name, run }: ShutdownStep): Promise<boolean> => {
    try {
      await run();
      logger.debug({ step: name }, 'Stopped');
      return true;
    } catch (error) {
      logger.error({ err: error, step: name }, 'Could not be stopped');
      return false;
    }
  };

  const runAll = async (reached: { step: string }): Promise<boolean> => {
    let isClean = true;
    for (const step of steps) {
      if (isTooLate) break;
      reached.step = step.name;
      isClean = (await runStep(step)) && isClean;
    }
    return isClean;
  };

  const withinTime = async (reason: string): Promise<boolean> => {
    logger.info({ because: reason }, 'Shutting down');
    const reached = { step: '' };
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        isTooLate = true;
        logger.error({ step: reached.step, timeoutMs }, 'Shutting down took too long');
        resolve(false);
      }, timeoutMs);
    });
    const isClean = await Promise.race([runAll(reached), deadline]);
    clearTimeout(timer);
    logger.info({ clean: isClean }, 'Shut down');
    return isClean;
  };

  return {
    begin: (reason) => (running ??= withinTime(reason)),
    isShuttingDown: () => running !== undefined,
  };
};

/** The first SIGTERM or SIGINT shuts down and then exits; a second one exits at once. */
export const shutDownOnSignals = (
  shutdown: Shutdown,
  exit: (code: number) => void,
  signals: Pick<EventEmitter, 'on'> = process,
): void => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    signals.on(signal, () => {
      if (shutdown.isShuttingDown()) exit(1);
      else
        void shutdown.begin(signal).then((isClean) => {
          exit(isClean ? 0 : 1);
        });
    });
  }
};

import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../shared/utils/logger.ts';
import { answerFigures } from './figures-of-all.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { createRestartPause } from './restart-pause.ts';

const READY_WITHIN_MS = 60_000;
/** Beyond what workers give themselves. */
const KILLED_AFTER_MS = 5_000;

type PrimaryDeps = {
  readonly workers: number;
  readonly logger: Logger;
  /** How long a worker may take to stop. */
  readonly stopWithinMs: number;
  readonly exit: (code: number) => void;
};

const tell = (worker: Worker, message: ToWorker): void => {
  if (worker.isConnected()) worker.send(message, () => undefined);
};

const exitOf = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    if (worker.isDead()) resolve();
    else
      worker.once('exit', () => {
        resolve();
      });
  });

/**
 * Keeps so many workers running, which share the port. One that ends is replaced, after a pause that grows while they end soon. SIGHUP
 * replaces all of them one after the other, each only when its successor serves. SIGTERM and SIGINT end all; twice, at once.
 */
export const startPrimary = async ({
  workers: count,
  logger,
  stopWithinMs,
  exit,
}: PrimaryDeps): Promise<void> => {
  const workers = new Set<Worker>();
  const serving = new Set<Worker>();
  const retired = new WeakSet<Worker>();
  let isStopping = false;
  const pause = createRestartPause();
  const figures = answerFigures(serving, tell);

  const fork = (): Promise<Worker> => {
    const worker = cluster.fork();
    const startedAt = performance.now();
    workers.add(worker);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        worker.process.kill('SIGKILL');
      }, READY_WITHIN_MS);
      worker.on('message', (message: FromWorker) => {
        if (message.about !== 'ready') {
          figures.hear(worker, message);
          return;
        }
        clearTimeout(timer);
        serving.add(worker);
        logger.info({ worker: worker.process.pid }, 'A worker serves');
        resolve(worker);
      });
      worker.once('exit', (code, signal) => {
        clearTimeout(timer);
        workers.delete(worker);
        const hasServed = serving.delete(worker);
        reject(new Error(`A worker ended before it served (${signal || code})`));
        if (isStopping || retired.has(worker) || !hasServed) return;
        pause.ended(performance.now() - startedAt);
        logger.error(
          { worker: worker.process.pid, code, signal },
          'A worker ended; another one takes its place',
        );
        void replaceLost();
      });
    });
  };

  const replaceLost = async (): Promise<void> => {
    await sleep(pause.ms());
    if (isStopping || serving.size >= count) return;
    try {
      await fork();
    } catch (error) {
      pause.failed();
      logger.error({ err: error }, 'A worker could not be started; it is tried again');
      void replaceLost();
    }
  };

  const end = async (worker: Worker, reason: string): Promise<void> => {
    retired.add(worker);
    serving.delete(worker);
    tell(worker, { about: 'stop', reason });
    const killer = setTimeout(() => worker.process.kill('SIGKILL'), stopWithinMs + KILLED_AFTER_MS);
    await exitOf(worker);
    clearTimeout(killer);
  };

  let reloading: Promise<void> | undefined;
  let isWantedAgain = false;
  const replaceAll = async (): Promise<void> => {
    logger.info('The workers are replaced, one after the other');
    for (const old of [...serving]) {
      if (isStopping) return;
      try {
        await fork();
      } catch (error) {
        logger.error({ err: error }, 'A worker could not be replaced; those that run go on');
        return;
      }
      await end(old, 'Another worker takes over');
    }
    logger.info('The workers have been replaced');
  };
  /** Asked once more meanwhile, it begins once more. */
  const reload = (): void => {
    if (reloading) {
      isWantedAgain = true;
      return;
    }
    reloading = replaceAll().finally(() => {
      reloading = undefined;
      if (isWantedAgain) {
        isWantedAgain = false;
        reload();
      }
    });
  };

  const stop = async (signal: string): Promise<void> => {
    if (isStopping) {
      for (const worker of workers) worker.process.kill('SIGKILL');
      exit(1);
      return;
    }
    isStopping = true;
    const codes: (number | null)[] = [];
    for (const worker of workers) worker.once('exit', (code) => codes.push(code));
    await Promise.all([...workers].map((worker) => end(worker, signal)));
    exit(codes.every((code) => code === 0) ? 0 : 1);
  };

  process.on('SIGHUP', reload);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  try {
    await Promise.all(Array.from({ length: count }, fork));
    logger.info({ workers: count }, 'All workers serve');
  } catch {
    // What a worker could not do, as using a port that is taken, it has said itself; the others could not either.
    isStopping = true;
    for (const worker of workers) worker.process.kill('SIGKILL');
    await Promise.all([...workers].map(exitOf));
    exit(1);
  }
};

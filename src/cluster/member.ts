import cluster from 'node:cluster';
import type { Registry } from 'prom-client';
import type { Shutdown } from '../shared/utils/shutdown.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const ALL_WITHIN_MS = 5_000;

const tell = (message: FromWorker): void => {
  if (process.connected) process.send?.(message);
};

/** How a process gets at the figures of all that share its port: itself, where it is the only one. */
export const figuresOf = (registry: Registry): (() => Promise<string>) => {
  if (!cluster.isWorker) return () => registry.metrics();
  const waiting = new Map<number, (text: string) => void>();
  let asked = 0;
  process.on('message', (message: ToWorker) => {
    if (message.about === 'figures') {
      void registry.getMetricsAsJSON().then((figures) => {
        tell({ about: 'figures', of: message.of, figures });
      });
    } else if (message.about === 'figures of all') {
      waiting.get(message.question)?.(message.text);
    }
  });
  return async () => {
    const question = (asked += 1);
    let timer: NodeJS.Timeout | undefined;
    const text = await new Promise<string | undefined>((resolve) => {
      waiting.set(question, resolve);
      timer = setTimeout(resolve, ALL_WITHIN_MS, undefined);
      tell({ about: 'figures wanted', question });
    });
    clearTimeout(timer);
    waiting.delete(question);
    return text ?? registry.metrics();
  };
};

/** Stops when the primary says so, or is gone; says that it serves. A terminal sends its signals to all: they are the primary's. */
export const obeyPrimary = (shutdown: Shutdown, exit: (code: number) => void): void => {
  const stop = (reason: string) => {
    void shutdown.begin(reason).then((isClean) => {
      exit(isClean ? 0 : 1);
    });
  };
  process.on('message', (message: ToWorker) => {
    if (message.about === 'stop') stop(message.reason);
  });
  process.on('disconnect', () => {
    stop('The primary process is gone');
  });
  for (const signal of ['SIGHUP', 'SIGINT']) process.on(signal, () => undefined);
  process.on('SIGTERM', stop);
  tell({ about: 'ready' });
};

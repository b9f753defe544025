import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { createLogger } from '../logger.ts';
import { createShutdown, shutDownOnSignals, type ShutdownStep } from '../shutdown.ts';

const logged: string[] = [];
const logger = createLogger({ logLevel: 'info', appName: 'test' }, { write: (line) => logged.push(line) });
const shutdownOf = (steps: ShutdownStep[], timeoutMs = 10_000) =>
  createShutdown({ steps, timeoutMs, logger });
const never = () => new Promise(() => undefined);

describe('shutting down', () => {
  test('stops one thing after the other, in their order', async () => {
    const stopped: string[] = [];
    const step = (name: string, takesMs: number) => ({
      name,
      run: async () => {
        await sleep(takesMs);
        stopped.push(name);
      },
    });
    expect(
      await shutdownOf([step('http', 30), step('realtime', 10), step('database', 0)]).begin('test'),
    ).toBe(true);
    expect(stopped).toEqual(['http', 'realtime', 'database']);
  });

  test('happens once, however often it is asked for', async () => {
    const run = jest.fn();
    const shutdown = shutdownOf([{ name: 'only', run }]);
    expect(shutdown.isShuttingDown()).toBe(false);
    const both = [shutdown.begin('first'), shutdown.begin('second')];
    expect(shutdown.isShuttingDown()).toBe(true);
    await Promise.all(both);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('goes on after a step that fails, and says that it was not clean', async () => {
    const database = jest.fn();
    const steps = [
      { name: 'redis', run: () => Promise.reject(new Error('gone')) },
      { name: 'database', run: database },
    ];
    expect(await shutdownOf(steps).begin('test')).toBe(false);
    expect(database).toHaveBeenCalled();
    expect(logged.some((line) => line.includes('"step":"redis"') && line.includes('gone'))).toBe(true);
  });

  test('waits no longer than its time, names the step that hangs and begins no other', async () => {
    const later = jest.fn();
    const steps = [
      { name: 'relay', run: never },
      { name: 'database', run: later },
    ];
    expect(await shutdownOf(steps, 50).begin('test')).toBe(false);
    expect(later).not.toHaveBeenCalled();
    expect(logged.some((line) => line.includes('took too long') && line.includes('"step":"relay"'))).toBe(
      true,
    );
  });
});

describe('signals', () => {
  test('the first one shuts down and exits with 0 when that went well', async () => {
    const signals = new EventEmitter();
    const exit = jest.fn();
    shutDownOnSignals(shutdownOf([{ name: 'quick', run: () => undefined }]), exit, signals);
    signals.emit('SIGTERM');
    await sleep(20);
    expect(exit.mock.calls).toEqual([[0]]);
  });

  test('the second one exits at once', async () => {
    const signals = new EventEmitter();
    const exit = jest.fn();
    const slow = new EventEmitter();
    const shutdown = shutdownOf([{ name: 'slow', run: () => once(slow, 'end') }]);
    shutDownOnSignals(shutdown, exit, signals);
    signals.emit('SIGINT');
    expect(exit).not.toHaveBeenCalled();
    signals.emit('SIGTERM');
    expect(exit.mock.calls).toEqual([[1]]);
    slow.emit('end');
    await shutdown.begin('test');
  });
});

import { setImmediate as aMoment } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createTurns } from '../turns.ts';

/** Work that goes on until it is told to end. */
const openWork = () => {
  let running = 0;
  const ends: (() => void)[] = [];
  const work = async () => {
    running += 1;
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  return { work, running: () => running, endOne: () => ends.shift()?.() };
};

test('a clinic runs so much at once; the rest waits, and more than that is refused', async () => {
  const turns = createTurns({ atOnce: 2, waiting: 1 });
  const { work, running, endOne } = openWork();
  const admitted = [turns('a', work), turns('a', work), turns('a', work)];
  await aMoment();
  expect(running()).toBe(2);
  await expect(turns('a', work)).rejects.toMatchObject({
    problem: { code: 'rate_limited', status: 429 },
    headers: { 'Retry-After': '1' },
  });
  endOne();
  await aMoment();
  expect(running()).toBe(2);
  endOne();
  endOne();
  await Promise.all(admitted);
});

test('another clinic does not wait for it', async () => {
  const turns = createTurns({ atOnce: 1, waiting: 5 });
  const { work, endOne } = openWork();
  const busy = [turns('a', work), turns('a', work)];
  expect(await turns('b', () => Promise.resolve('done'))).toBe('done');
  endOne();
  await aMoment();
  endOne();
  await Promise.all(busy);
});

test('work that fails gives its place back', async () => {
  const turns = createTurns({ atOnce: 1, waiting: 0 });
  await expect(turns('a', () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await turns('a', () => Promise.resolve('done'))).toBe('done');
});

import { expect, test } from '@jest/globals';
import { createRestartPause } from '../restart-pause.ts';

const SOON_MS = 1_000;
const LONG_MS = 60_000;

test('a worker that was well for long is replaced at once', () => {
  const pause = createRestartPause();
  pause.ended(LONG_MS);
  expect(pause.ms()).toBe(0);
});

test('while workers end soon, or cannot be started, the pause doubles up to half a minute', () => {
  const pause = createRestartPause();
  const pauses = Array.from({ length: 10 }, (_, i) => {
    if (i % 2 === 0) pause.ended(SOON_MS);
    else pause.failed();
    return pause.ms();
  });
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('it never grows beyond that, however often they end', () => {
  const pause = createRestartPause();
  for (let i = 0; i < 2_000; i++) pause.failed();
  expect(pause.ms()).toBe(30_000);
});

test('one that was well ends the row of those that were not', () => {
  const pause = createRestartPause();
  for (let i = 0; i < 5; i++) pause.ended(SOON_MS);
  pause.ended(LONG_MS);
  expect(pause.ms()).toBe(0);
  pause.ended(SOON_MS);
  expect(pause.ms()).toBe(250);
});

import { afterEach, expect, jest, test } from '@jest/globals';
import { validate, version } from 'uuid';
import { Id, newId } from '../id.ts';

const many = () => Array.from({ length: 2_000 }, newId);
afterEach(() => {
  jest.useRealTimers();
});

test('an id is a version 7 UUID with the time in front, as the API takes it', () => {
  const before = Date.now();
  const id = newId();
  expect([validate(id), version(id), Id.safeParse(id).success]).toEqual([true, 7, true]);
  const msecs = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
  expect(msecs).toBeGreaterThanOrEqual(before);
  expect(msecs).toBeLessThanOrEqual(Date.now() + 1);
});

test('ids grow and differ, also in one millisecond and when the clock goes back', () => {
  const now = Date.now() + 10_000;
  jest.useFakeTimers({ now });
  const first = many();
  jest.setSystemTime(now - 5_000);
  const ids = [...first, ...many()];
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});

test('no two ids share their random part', () => {
  const ends = many().map((id) => id.slice(-10));
  expect(new Set(ends).size).toBe(ends.length);
});

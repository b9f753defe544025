import { expect, test } from '@jest/globals';
import { createTokenBucket } from '../token-bucket.ts';

test('a bucket allows its capacity at once, then as many as time has filled in', () => {
  let seconds = 0;
  const isAllowed = createTokenBucket(
    { now: () => new Date(seconds * 1_000) },
    { capacity: 3, perSecond: 2 },
  );
  const ask = (times: number) => Array.from({ length: times }, isAllowed);
  expect(ask(4)).toEqual([true, true, true, false]);
  seconds = 1;
  expect(ask(3)).toEqual([true, true, false]);
  seconds = 1_000;
  expect(ask(4)).toEqual([true, true, true, false]);
});

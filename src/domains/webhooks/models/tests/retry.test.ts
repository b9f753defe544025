import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextAttemptAt, TRIED_FOR_MS } from '../retry.ts';

const firstAttemptAt = new Date('2027-03-22T08:00:00Z');
const secondsAfter = (attempts: number, more: object = {}) => {
  const next = nextAttemptAt({ attempts, firstAttemptAt, now: firstAttemptAt, random: 0, ...more });
  return next && (next.getTime() - firstAttemptAt.getTime()) / 1_000;
};

describe('the next attempt', () => {
  test('comes after pauses that grow from seconds to hours', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 20].map((attempts) => secondsAfter(attempts));
    expect(pauses).toEqual([5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 21_600]);
  });

  test('comes a little later for some, so that not all come at once', () => {
    expect(secondsAfter(2, { random: 1 })).toBe(36);
  });

  test('waits as long as the target asks for, within reason', () => {
    expect(secondsAfter(1, { retryAfterMs: 90_000 })).toBe(90);
    expect(secondsAfter(5, { retryAfterMs: 1_000 })).toBe(1_800);
    expect(secondsAfter(1, { retryAfterMs: 10 ** 9 })).toBe(21_600);
  });

  test('there is always a last one, three days after the first', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
        let now = firstAttemptAt;
        for (let attempts = 1; attempts < 100; attempts++) {
          const next = nextAttemptAt({ attempts, firstAttemptAt, now, random });
          if (!next) {
            expect(now.getTime() - firstAttemptAt.getTime()).toBe(TRIED_FOR_MS);
            return;
          }
          expect(next.getTime()).toBeGreaterThan(now.getTime());
          now = next;
        }
        throw new Error('It never ends');
      }),
    );
  });
});

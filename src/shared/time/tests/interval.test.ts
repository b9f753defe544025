import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Interval } from '../interval.ts';
import {
  contains,
  holds,
  intersect,
  isEmpty,
  merge,
  overlapping,
  overlaps,
  pointsEvery,
  subtract,
} from '../interval.ts';

const LINE = 60;
const interval = fc
  .tuple(fc.nat(LINE), fc.nat(LINE))
  .map(([a, b]): Interval => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const intervals = fc.array(interval, { maxLength: 12 });

/** The naive model: the points of a short line, one by one. */
const points = (...of: readonly Interval[]): number[] =>
  Array.from({ length: LINE + 1 }, (_, point) => point).filter((point) =>
    of.some(({ start, end }) => start <= point && point < end),
  );

describe('interval algebra agrees with sets of points', () => {
  test('merge keeps exactly the points of its input', () => {
    fc.assert(
      fc.property(intervals, (of) => {
        expect(points(...merge(of))).toEqual(points(...of));
      }),
    );
  });

  test('merge gives the fewest intervals: ascending, none empty, none touching another', () => {
    fc.assert(
      fc.property(intervals, (of) => {
        const merged = merge(of);
        expect(merged.some(isEmpty)).toBe(false);
        merged.slice(1).forEach((next, index) => {
          expect(next.start).toBeGreaterThan(merged[index]?.end ?? LINE);
        });
      }),
    );
  });

  test('subtract keeps the points that no part takes, as the fewest intervals', () => {
    fc.assert(
      fc.property(interval, intervals, (whole, of) => {
        const parts = merge(of);
        const rest = subtract(whole, parts);
        expect(points(...rest)).toEqual(points(whole).filter((point) => !points(...parts).includes(point)));
        expect(rest).toEqual(merge(rest));
      }),
    );
  });

  test('intersect keeps the common points, overlaps says whether there are any', () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const common = points(a).filter((point) => points(b).includes(point));
        expect(points(intersect(a, b))).toEqual(common);
        expect(overlaps(a, b)).toBe(common.length > 0);
        expect(isEmpty(intersect(a, b))).toBe(common.length === 0);
      }),
    );
  });

  test('holds is membership, contains is inclusion of what is not empty', () => {
    fc.assert(
      fc.property(interval, interval, fc.nat(LINE), (outer, inner, point) => {
        expect(holds(outer, point)).toBe(points(outer).includes(point));
        fc.pre(!isEmpty(inner));
        expect(contains(outer, inner)).toBe(points(inner).every((each) => points(outer).includes(each)));
      }),
    );
  });

  test('pointsEvery gives the points of the window that are whole steps after the origin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(LINE), interval, (step, origin, window) => {
        const expected = points(window).filter((point) => point >= origin && (point - origin) % step === 0);
        expect(pointsEvery(step, origin, window)).toEqual(expected);
      }),
    );
  });

  test('overlapping finds whole intervals, exactly those that overlap the window', () => {
    fc.assert(
      fc.property(intervals, interval, (of, window) => {
        const sorted = merge(of);
        expect(overlapping(sorted, window)).toEqual(sorted.filter((each) => overlaps(each, window)));
      }),
    );
  });
});

test('neighbours touch without overlapping, and merge into one', () => {
  const [morning, noon] = [
    { start: 0, end: 5 },
    { start: 5, end: 9 },
  ];
  expect(overlaps(morning, noon)).toBe(false);
  expect(merge([noon, morning])).toEqual([{ start: 0, end: 9 }]);
});

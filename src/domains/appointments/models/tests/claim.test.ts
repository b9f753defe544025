import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Interval } from '../../../../shared/time/interval.ts';
import { merge, overlaps } from '../../../../shared/time/interval.ts';
import { busyIntervals, ceilToGrain, claimSlots, GRAIN_MINUTES, isOnGrain } from '../claim.ts';

const GRAIN_MS = GRAIN_MINUTES * 60_000;
const instant = Date.parse('2027-03-22T08:00Z');

const interval = fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 24 })).map(([slot, length]): Interval => ({
  start: instant + slot * GRAIN_MS,
  end: instant + (slot + length) * GRAIN_MS,
}));

describe('the grain', () => {
  test('is five minutes of the clock, to the millisecond', () => {
    expect(isOnGrain(instant)).toBe(true);
    expect([1, 1000, 60_000, GRAIN_MS - 1].some((off) => isOnGrain(instant + off))).toBe(false);
  });

  test('rounding up leaves what is on it, and moves the rest to the next', () => {
    expect(ceilToGrain(instant)).toBe(instant);
    expect(ceilToGrain(instant + 1)).toBe(instant + GRAIN_MS);
    expect(ceilToGrain(instant - 1)).toBe(instant);
  });
});

describe('claims', () => {
  test('an hour takes twelve slots, and its end is free', () => {
    const slots = claimSlots({ start: instant, end: instant + 12 * GRAIN_MS });
    expect(slots).toEqual(Array.from({ length: 12 }, (_, index) => instant / GRAIN_MS + index));
  });

  test('nothing takes nothing; what is off the grain takes every slot that it touches', () => {
    expect(claimSlots({ start: instant, end: instant })).toEqual([]);
    expect(claimSlots({ start: instant + 1, end: instant + GRAIN_MS + 1 })).toHaveLength(2);
  });

  test('two intervals share a slot if and only if they overlap', () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const slotsOfA = new Set(claimSlots(a));
        expect(claimSlots(b).some((slot) => slotsOfA.has(slot))).toBe(overlaps(a, b));
      }),
    );
  });

  test('the slots of any intervals give their union back', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 20 }), (intervals) => {
        const slots = [...new Set(intervals.flatMap(claimSlots))].sort((a, b) => a - b);
        expect(busyIntervals(slots)).toEqual(merge(intervals));
      }),
    );
  });
});

import type { Interval } from '../../../shared/time/interval.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';

/** The grain of every calendar: starts, durations, buffers and working hours are multiples of it. */
export const GRAIN_MINUTES = 5;
const GRAIN_MS = GRAIN_MINUTES * MINUTE_MS;

/** Whether `instant` (epoch milliseconds) is a start that a calendar knows. */
export const isOnGrain = (instant: number): boolean => Number.isInteger(instant / GRAIN_MS);

/** The numbers of the first and the last five-minute slot that `interval` (epoch milliseconds) touches. */
export const slotsTouching = ({
  start,
  end,
}: Interval): { readonly first: number; readonly last: number } => ({
  first: Math.floor(start / GRAIN_MS),
  last: Math.ceil(end / GRAIN_MS) - 1,
});

/** The first instant on the grain that is not before `instant` (epoch milliseconds). */
export const ceilToGrain = (instant: number): number => Math.ceil(instant / GRAIN_MS) * GRAIN_MS;

/**
 * The numbers, ascending, of the five-minute slots that `interval` (epoch milliseconds) touches, counted from the epoch.
 * One row per number and calendar, under a primary key, is what makes a double booking impossible.
 */
export const claimSlots = (interval: Interval): number[] => {
  const { first, last } = slotsTouching(interval);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
};

/** The time, in epoch milliseconds, that `slots` (ascending slot numbers) keep busy; neighbours become one interval. */
export const busyIntervals = (slots: readonly number[]): Interval[] => {
  const busy: { start: number; end: number }[] = [];
  for (const slot of slots) {
    const start = slot * GRAIN_MS;
    const last = busy.at(-1);
    if (last !== undefined && start <= last.end) last.end = start + GRAIN_MS;
    else busy.push({ start, end: start + GRAIN_MS });
  }
  return busy;
};

/**
 * A half-open stretch of a number line: `start` belongs to it, `end` does not; empty unless `start < end`.
 * The unit is the caller's: epoch milliseconds for instants, minutes for the wall clock.
 */
export type Interval = { readonly start: number; readonly end: number };

export const isEmpty = (interval: Interval): boolean => interval.start >= interval.end;

/** Whether some point lies in both. Neighbours that only touch do not overlap, and an empty interval overlaps nothing. */
export const overlaps = (a: Interval, b: Interval): boolean =>
  Math.max(a.start, b.start) < Math.min(a.end, b.end);

/** Whether `inner` lies within `outer`; sharing an end is allowed. */
export const contains = (outer: Interval, inner: Interval): boolean =>
  outer.start <= inner.start && inner.end <= outer.end;

/** Whether `point` belongs to `interval`. */
export const holds = (interval: Interval, point: number): boolean =>
  interval.start <= point && point < interval.end;

/** What both have in common: empty where they do not overlap. */
export const intersect = (a: Interval, b: Interval): Interval => ({
  start: Math.max(a.start, b.start),
  end: Math.min(a.end, b.end),
});

/** The points of `window` that lie a whole number of `step`s after `origin`, ascending; none lie before it. */
export const pointsEvery = (step: number, origin: number, window: Interval): number[] => {
  const points: number[] = [];
  const first = origin + Math.max(0, Math.ceil((window.start - origin) / step)) * step;
  for (let point = first; point < window.end; point += step) points.push(point);
  return points;
};

/** The union, as the fewest intervals: ascending, disjoint, none empty, none touching another. Takes any order. */
export const merge = (intervals: readonly Interval[]): Interval[] => {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    if (start >= end) continue;
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
};

/** What `whole` keeps once `parts` are taken out, ascending. `parts` are ascending and disjoint, as `merge` gives them. */
export const subtract = (whole: Interval, parts: readonly Interval[]): Interval[] => {
  const rest: Interval[] = [];
  let start = whole.start;
  for (const part of parts) {
    if (part.start >= whole.end) break;
    if (part.start > start) rest.push({ start, end: part.start });
    start = Math.max(start, part.end);
  }
  if (start < whole.end) rest.push({ start, end: whole.end });
  return rest;
};

/** Those of `sorted` that overlap `window`, whole. `sorted` is ascending and disjoint, as `merge` gives it: found by bisection. */
export const overlapping = (sorted: readonly Interval[], window: Interval): Interval[] => {
  const first = partitionPoint(sorted, (interval) => interval.end <= window.start);
  const found: Interval[] = [];
  for (let index = first; index < sorted.length; index += 1) {
    const interval = sorted[index];
    if (interval === undefined || !overlaps(interval, window)) break;
    found.push(interval);
  }
  return found;
};

/** How many of `sorted` come before the first that is not `early`; all the early ones stand in front. */
const partitionPoint = (sorted: readonly Interval[], early: (interval: Interval) => boolean): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const interval = sorted[middle];
    if (interval !== undefined && early(interval)) low = middle + 1;
    else high = middle;
  }
  return low;
};

import type { Interval } from '../../../shared/time/interval.ts';
import {
  contains,
  holds,
  intersect,
  merge,
  overlapping,
  overlaps,
  pointsEvery,
  subtract,
} from '../../../shared/time/interval.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import { clockTicks } from '../../../shared/time/wall-clock.ts';
import { ceilToGrain, GRAIN_MINUTES, isOnGrain } from './claim.ts';

/** How long a patient who was offered a slot may think about it while its grid moves on with the clock. */
const OFFERED_FOR_MINUTES = 15;

/** Where the grid of starts begins: at each session, at local midnight, or at each free gap. */
export type SlotAnchor = 'session' | 'clock' | 'compact';

/** How a service is offered. All minutes are multiples of the grain; `timezone` (IANA) is where `clock` reads its midnight. */
export type SlotRules = {
  readonly durationMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly stepMinutes: number;
  readonly anchor: SlotAnchor;
  readonly timezone: string;
};

/** Unbroken working time at one location, in epoch milliseconds. */
export type WorkingTime = Interval & { readonly locationId: string | null };

/** What the answer depends on. Instants are epoch milliseconds. */
export type SlotQuery = {
  /** Whole, ascending by start. */
  readonly sessions: readonly WorkingTime[];
  /** What the doctor's calendar has claimed around these sessions, buffers included: ascending and merged. */
  readonly busy: readonly Interval[];
  readonly rules: SlotRules;
  /** Starts are answered from here … */
  readonly from: number;
  /** … until before here. */
  readonly to: number;
  /** The first start that may be booked: now, plus the notice a patient owes. */
  readonly earliest: number;
  /** The last start that may be booked. */
  readonly latest: number;
};

export type Slot = { readonly startsAt: number; readonly endsAt: number; readonly locationId: string | null };

const startProblemCodes = [
  'off_grain',
  'in_the_past',
  'notice_too_short',
  'beyond_horizon',
  'outside_working_time',
  'off_grid',
  'busy',
] as const;

/** Why a start cannot be booked. */
export type StartProblem = (typeof startProblemCodes)[number];

/**
 * The slots with `from` ≤ `startsAt` < `to`, ascending, each start once per location. `startProblems` with
 * `mustBeOffered` finds nothing against the start of a slot that is offered, or that was within the last 15 minutes and
 * has only been left behind by a `compact` grid that moves with the clock; and against no other.
 */
export const offeredSlots = (query: SlotQuery): Slot[] => {
  const { rules, sessions } = query;
  const asked = { start: query.from, end: Math.min(query.to, query.latest + 1) };
  const slots: Slot[] = [];
  for (const session of sessions.filter((each) => overlaps(each, asked)))
    for (const free of freeStarts(session, query))
      for (const startsAt of onGrid(intersect(free, asked), gridOrigin(session, free, rules), rules))
        slots.push({
          startsAt,
          endsAt: startsAt + rules.durationMinutes * MINUTE_MS,
          locationId: session.locationId,
        });
  return distinct(slots);
};

/** The slots at `starts` (epoch milliseconds) of visits that others share already: their time is claimed, so only reach and session count. */
export const sharedSlots = (query: SlotQuery, starts: Iterable<number>): Slot[] => {
  const { rules, sessions, from, to, earliest, latest } = query;
  return [...starts]
    .filter((start) => start >= Math.max(from, earliest) && start < to && start <= latest)
    .flatMap((startsAt) => {
      const endsAt = startsAt + rules.durationMinutes * MINUTE_MS;
      const host = sessions.find((session) => contains(session, { start: startsAt, end: endsAt }));
      return host ? [{ startsAt, endsAt, locationId: host.locationId }] : [];
    });
};

/**
 * Every reason, not just the first, why a visit cannot start at `start` (epoch milliseconds); none if it can.
 * `mustBeOffered` holds the start to the grid, as a patient is; staff may take any start on the grain inside one
 * session. `now` only tells a start in the past from one that is too soon. A start off the grain is also off the grid.
 */
export const startProblems = (
  start: number,
  query: SlotQuery,
  { mustBeOffered, now }: { readonly mustBeOffered: boolean; readonly now: number },
): StartProblem[] => {
  const visit = { start, end: start + query.rules.durationMinutes * MINUTE_MS };
  const hosts = query.sessions.filter((session) => contains(session, visit));
  const tooSoon = start < query.earliest;
  const found: Record<StartProblem, boolean> = {
    off_grain: !isOnGrain(start),
    in_the_past: tooSoon && start < now,
    notice_too_short: tooSoon && start >= now,
    beyond_horizon: start > query.latest,
    outside_working_time: hosts.length === 0,
    off_grid: mustBeOffered && hosts.length > 0 && hosts.every((session) => isOffGrid(start, session, query)),
    busy: overlapping(query.busy, withBuffers(visit, query.rules)).length > 0,
  };
  return startProblemCodes.filter((code) => found[code]);
};

/**
 * The stretches of starts, in whole milliseconds, from which a visit stays within `session` and, its buffers included,
 * overlaps no claim. Of a claim `[a, b)` that is every start outside the open interval
 * `(a − bufferAfter − duration, b + bufferBefore)`.
 */
const freeStarts = (session: Interval, { busy, rules, earliest }: SlotQuery): Interval[] => {
  const lengthMs = rules.durationMinutes * MINUTE_MS;
  const beforeMs = rules.bufferBeforeMinutes * MINUTE_MS;
  const afterMs = rules.bufferAfterMinutes * MINUTE_MS;
  const blocked = overlapping(busy, withBuffers(session, rules)).map((claim) => ({
    start: claim.start - afterMs - lengthMs + 1,
    end: claim.end + beforeMs,
  }));
  return subtract(
    { start: Math.max(session.start, earliest), end: session.end - lengthMs + 1 },
    merge(blocked),
  );
};

/** `visit` with the buffers of its service: what it takes of the doctor's time. */
export const withBuffers = (
  { start, end }: Interval,
  rules: Pick<SlotRules, 'bufferBeforeMinutes' | 'bufferAfterMinutes'>,
): Interval => ({
  start: start - rules.bufferBeforeMinutes * MINUTE_MS,
  end: end + rules.bufferAfterMinutes * MINUTE_MS,
});

/** Where the steps of `session` and `compact` are counted from; `clock` counts from midnight by itself. */
const gridOrigin = (session: Interval, free: Interval, { anchor }: SlotRules): number =>
  anchor === 'compact' ? ceilToGrain(free.start) : session.start;

/** The starts inside `window` that lie on the grid, and on the grain. */
const onGrid = (window: Interval, origin: number, { anchor, stepMinutes, timezone }: SlotRules): number[] => {
  const starts =
    anchor === 'clock'
      ? clockTicks(timezone, window, stepMinutes)
      : pointsEvery(stepMinutes * MINUTE_MS, origin, window);
  return starts.filter(isOnGrain);
};

/** A `compact` grid exists only where starts are free, so that a busy start, or one too early, is not off it. */
const isOffGrid = (start: number, session: WorkingTime, query: SlotQuery): boolean => {
  const { rules } = query;
  const isOn = (origin: number): boolean => onGrid({ start, end: start + 1 }, origin, rules).length > 0;
  if (rules.anchor !== 'compact') return !isOn(session.start);
  const free = freeStarts(session, query).find((stretch) => holds(stretch, start));
  return free !== undefined && !recentOrigins(session, free, query).some(isOn);
};

/**
 * Where a `compact` grid in `free` starts, or did within the last {@link OFFERED_FOR_MINUTES}. It moves only in a gap that
 * is cut by the earliest bookable time.
 */
const recentOrigins = (session: Interval, free: Interval, query: SlotQuery): number[] => {
  const then = query.earliest - OFFERED_FOR_MINUTES * MINUTE_MS;
  const gap = freeStarts(session, { ...query, earliest: then }).find((stretch) => holds(stretch, free.start));
  const last = gridOrigin(session, free, query.rules);
  const first = ceilToGrain(gap?.start ?? free.start);
  return pointsEvery(GRAIN_MINUTES * MINUTE_MS, first, { start: first, end: last + 1 });
};

/** Sessions of two dates can overlap, and then both give the same start. */
const distinct = (slots: readonly Slot[]): Slot[] =>
  slots
    .toSorted((a, b) => a.startsAt - b.startsAt || compareText(a.locationId ?? '', b.locationId ?? ''))
    .filter(({ startsAt, locationId }, index, sorted) => {
      const previous = sorted[index - 1];
      return previous?.startsAt !== startsAt || previous.locationId !== locationId;
    });

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

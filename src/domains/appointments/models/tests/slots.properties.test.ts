import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Interval } from '../../../../shared/time/interval.ts';
import { contains, intersect, merge, overlaps } from '../../../../shared/time/interval.ts';
import { isOnGrain } from '../claim.ts';
import type { SlotQuery, SlotRules } from '../slots.ts';
import { offeredSlots, startProblems } from '../slots.ts';

const MINUTE_MS = 60_000;
const GRAIN_MS = 5 * MINUTE_MS;

/** Zones with the midnight UTC before a change of their clocks: the two days after it are the playground. */
const places = [
  ['America/New_York', '2027-03-13'],
  ['Europe/London', '2027-10-30'],
  ['Asia/Kolkata', '2027-03-22'],
  ['Europe/Berlin', '2027-03-27'],
  ['Europe/Berlin', '2027-10-30'],
  ['Australia/Lord_Howe', '2027-04-03'],
  ['Asia/Kathmandu', '2027-03-22'],
  ['Pacific/Chatham', '2027-09-25'],
  ['America/Santiago', '2027-09-04'],
  ['Africa/Cairo', '2027-04-29'],
  ['Africa/Casablanca', '2027-02-06'],
  ['Pacific/Apia', '2011-12-29'],
] as const;
const GRAINS = 2 * 288;

const stretch = fc
  .tuple(fc.nat(GRAINS), fc.integer({ min: 1, max: 120 }))
  .map(([start, length]): Interval => ({ start, end: start + length }));
const fewGrains = fc.integer({ min: 0, max: 4 });

/** Any query on the grain; `earliest` and the window of the request lie anywhere. */
const anyQuery: fc.Arbitrary<SlotQuery> = fc
  .record({
    place: fc.constantFrom(...places),
    sessions: fc.array(fc.tuple(stretch, fc.constantFrom(null, 'north')), { maxLength: 4 }),
    busy: fc.array(
      stretch.map(({ start, end }) => ({ start, end: Math.min(end, start + 12) })),
      { maxLength: 8 },
    ),
    duration: fc.integer({ min: 1, max: 12 }),
    before: fewGrains,
    after: fewGrains,
    step: fc.integer({ min: 1, max: 20 }),
    anchor: fc.constantFrom<SlotRules['anchor']>('session', 'clock', 'compact'),
    bounds: fc.tuple(fc.nat(GRAINS), fc.nat(GRAINS), fc.nat(GRAINS), fc.nat(GRAINS), fc.nat(GRAIN_MS)),
  })
  .map(({ place: [timezone, date], sessions, busy, duration, before, after, step, anchor, bounds }) => {
    const at = (grain: number): number => Date.parse(date) + grain * GRAIN_MS;
    const [from, length, earliest, horizon, seconds] = bounds;
    const instants = ({ start, end }: Interval): Interval => ({ start: at(start), end: at(end) });
    return {
      sessions: sessions
        .map(([interval, locationId]) => ({ ...instants(interval), locationId }))
        .sort((a, b) => a.start - b.start),
      busy: merge(busy.map(instants)),
      rules: {
        durationMinutes: duration * 5,
        bufferBeforeMinutes: before * 5,
        bufferAfterMinutes: after * 5,
        stepMinutes: step * 5,
        anchor,
        timezone,
      },
      from: at(Math.floor(from / 4)) + seconds,
      to: at(Math.floor(from / 4) + length),
      earliest: at(Math.floor(earliest / 8)) + seconds,
      latest: at(GRAINS - Math.floor(horizon / 8)),
    };
  });

const everyGrain = ({ from, to }: SlotQuery): number[] => {
  const first = Math.ceil(from / GRAIN_MS);
  return Array.from(
    { length: Math.max(0, Math.ceil(to / GRAIN_MS) - first) },
    (_, index) => (first + index) * GRAIN_MS,
  );
};

const withBuffers = (
  { startsAt, endsAt }: { startsAt: number; endsAt: number },
  rules: SlotRules,
): Interval => ({
  start: startsAt - rules.bufferBeforeMinutes * MINUTE_MS,
  end: endsAt + rules.bufferAfterMinutes * MINUTE_MS,
});

/** The rules of the grid word by word, one start after another: slow and plain. */
const plainly = ({ sessions, busy, rules, from, to, earliest, latest }: SlotQuery): number[] => {
  const [length, before, after, step] = [
    rules.durationMinutes,
    rules.bufferBeforeMinutes,
    rules.bufferAfterMinutes,
    rules.stepMinutes,
  ].map((minutes) => minutes * MINUTE_MS) as [number, number, number, number];
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: rules.timezone, timeStyle: 'short' });
  const found = new Set<number>();
  for (const session of sessions) {
    let gap: number | undefined;
    for (let start = session.start; start + length <= session.end; start += GRAIN_MS) {
      const isTaken = busy.some(
        (claim) => claim.start - after - length < start && start < claim.end + before,
      );
      gap = isTaken || start < earliest ? undefined : (gap ?? start);
      if (gap === undefined) continue;
      const [hour = 0, minute = 0] = clock.format(start).split(':').map(Number);
      const sinceAnchor = {
        session: start - session.start,
        clock: (hour * 60 + minute) * MINUTE_MS,
        compact: start - gap,
      }[rules.anchor];
      if (sinceAnchor % step === 0 && from <= start && start < to && start <= latest) found.add(start);
    }
  }
  return [...found].sort((a, b) => a - b);
};

describe('for any sessions, claims, rules and bounds', () => {
  test('the starts offered are those that the rules give, read word by word', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const offered = new Set(offeredSlots(query).map(({ startsAt }) => startsAt));
        expect([...offered]).toEqual(plainly(query));
      }),
      { numRuns: 400 },
    );
  });

  test('nothing speaks against a start if and only if it is offered, or was within the last 15 minutes', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const offered = new Set(
          [0, 5, 10, 15]
            .flatMap((minutes) => offeredSlots({ ...query, earliest: query.earliest - minutes * MINUTE_MS }))
            .map(({ startsAt }) => startsAt)
            .filter((start) => start >= query.earliest),
        );
        const options = { mustBeOffered: true, now: query.earliest };
        const bookable = everyGrain(query).filter(
          (start) => startProblems(start, query, options).length === 0,
        );
        expect([...offered].sort((a, b) => a - b)).toEqual(bookable);
        for (const start of bookable.slice(0, 3))
          expect(startProblems(start + MINUTE_MS, query, options)).toContain('off_grain');
      }),
      { numRuns: 400 },
    );
  });

  test('unless a compact gap is cut by the earliest time, a start is offered if and only if nothing speaks against it', () => {
    fc.assert(
      fc.property(anyQuery, (any) => {
        const isCut = any.sessions.some(({ start, end }) => start < any.earliest && any.earliest < end);
        fc.pre(any.rules.anchor !== 'compact' || !isCut);
        const offered = new Set(offeredSlots(any).map(({ startsAt }) => startsAt));
        const options = { mustBeOffered: true, now: any.earliest };
        expect([...offered]).toEqual(
          everyGrain(any).filter((start) => startProblems(start, any, options).length === 0),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('a slot is on the grain, within the bounds and within one session, and with its buffers overlaps no claim', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        for (const slot of offeredSlots(query)) {
          const visit = { start: slot.startsAt, end: slot.endsAt };
          expect(isOnGrain(slot.startsAt)).toBe(true);
          expect(slot.startsAt).toBeGreaterThanOrEqual(Math.max(query.from, query.earliest));
          expect(slot.startsAt).toBeLessThan(query.to);
          expect(slot.startsAt).toBeLessThanOrEqual(query.latest);
          expect(query.sessions.some((s) => s.locationId === slot.locationId && contains(s, visit))).toBe(
            true,
          );
          expect(query.busy.some((claim) => overlaps(claim, withBuffers(slot, query.rules)))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('slots ascend, and no start comes twice at one location', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const slots = offeredSlots(query);
        const starts = slots.map(({ startsAt }) => startsAt);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        expect(new Set(slots.map((slot) => `${slot.startsAt} ${slot.locationId ?? ''}`)).size).toBe(
          slots.length,
        );
      }),
    );
  });

  test('whatever a patient may take, staff may take', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        for (const { startsAt } of offeredSlots(query))
          expect(startProblems(startsAt, query, { mustBeOffered: false, now: query.earliest })).toEqual([]);
      }),
    );
  });

  test('asking for two halves of a window gives what asking for all of it gives', () => {
    fc.assert(
      fc.property(anyQuery, fc.nat(GRAINS), (query, grain) => {
        const middle = Math.min(query.to, query.from + grain * GRAIN_MS);
        const halves = [
          ...offeredSlots({ ...query, to: middle }),
          ...offeredSlots({ ...query, from: middle }),
        ];
        expect(halves).toEqual(offeredSlots(query));
      }),
    );
  });

  test('free time and busy time together are working time: at the finest grid, the slots and the claims tile the sessions', () => {
    fc.assert(
      fc.property(
        anyQuery,
        fc.constantFrom<SlotRules['anchor']>('session', 'clock', 'compact'),
        (any, anchor) => {
          const finest = {
            durationMinutes: 5,
            bufferBeforeMinutes: 0,
            bufferAfterMinutes: 0,
            stepMinutes: 5,
          };
          const unbounded = { from: -Infinity, to: Infinity, earliest: -Infinity, latest: Infinity };
          const query = { ...any, ...unbounded, rules: { ...any.rules, ...finest, anchor } };
          const free = offeredSlots(query).map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt }));
          const worked = merge(query.sessions);
          const booked = worked.flatMap((session) => query.busy.map((claim) => intersect(session, claim)));
          expect(merge([...free, ...booked])).toEqual(worked);
          expect(free.some((slot) => booked.some((claim) => overlaps(slot, claim)))).toBe(false);
        },
      ),
    );
  });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { overlaps } from '../../../../shared/time/interval.ts';
import { MINUTES_PER_DAY } from '../../../../shared/time/units.ts';
import type { Closure, Schedule } from '../working-time.ts';
import { workingSessions } from '../working-time.ts';

/** Mondays around changes of the clock. */
const MONDAYS = ['2027-03-15', '2027-03-22', '2027-03-29', '2027-11-01', '2027-11-08'];
const WINDOW = { start: Date.parse('2027-03-10'), end: Date.parse('2027-11-20') };

const place = fc.constantFrom(null, 'north', 'south');
const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham');
const hours = fc.record({
  startMinute: fc.integer({ min: 0, max: MINUTES_PER_DAY - 1 }),
  endMinute: fc.integer({ min: 1, max: MINUTES_PER_DAY }),
  locationId: place,
});
const closure: fc.Arbitrary<Closure> = fc
  .record({ date: fc.constantFrom(...MONDAYS, '2027-03-23'), locationId: place, timezone: fc.option(zone) })
  .map(({ date, ...closed }) => ({
    startDate: date,
    endDate: date,
    locationId: closed.locationId,
    timezone: closed.locationId === null ? null : closed.timezone,
  }));

const within = (length: number) =>
  fc
    .tuple(fc.integer({ min: WINDOW.start, max: WINDOW.end - length }), fc.integer({ min: 1, max: length }))
    .map(([start, some]) => ({ start, end: start + some }));
const rules = fc.array(
  fc.record({
    ...{ startMinute: fc.nat(MINUTES_PER_DAY - 1), endMinute: fc.integer({ min: 1, max: MINUTES_PER_DAY }) },
    ...{ locationId: place, dayOfWeek: fc.integer({ min: 1, max: 7 }) },
  }),
  { minLength: 1, maxLength: 6 },
);

const ALWAYS = { effectiveFrom: null, effectiveTo: null, serviceIds: null };

test('hours of an override are worked when and where the same weekly hours would be', () => {
  fc.assert(
    fc.property(
      fc.array(hours, { minLength: 1, maxLength: 4 }),
      fc.array(closure, { maxLength: 4 }),
      zone,
      (intervals, closures, timezone) => {
        const weekly: Schedule = {
          timezone,
          rules: MONDAYS.flatMap((date) =>
            intervals.map((each) => ({
              ...each,
              dayOfWeek: 1,
              serviceIds: null,
              effectiveFrom: date,
              effectiveTo: date,
            })),
          ),
          overrides: [],
          closures,
        };
        const elsewhere = { dayOfWeek: 1, startMinute: 600, endMinute: 660, locationId: 'east', ...ALWAYS };
        const overridden: Schedule = {
          timezone,
          rules: MONDAYS.map((date) => ({ ...elsewhere, effectiveFrom: date, effectiveTo: date })),
          overrides: MONDAYS.map((date) => ({
            ...{ startDate: date, endDate: date },
            kind: 'custom' as const,
            intervals,
          })),
          closures,
        };
        expect(workingSessions(overridden, WINDOW)).toEqual(workingSessions(weekly, WINDOW));
      },
    ),
  );
});

test('a window gives those of a longer one that it overlaps', () => {
  fc.assert(
    fc.property(
      rules,
      fc.array(closure, { maxLength: 4 }),
      zone,
      within(26 * 60 * 60_000),
      (weekly, closures, timezone, window) => {
        const schedule: Schedule = {
          timezone,
          rules: weekly.map((rule) => ({ ...ALWAYS, ...rule })),
          overrides: [],
          closures,
        };
        const longer = workingSessions(schedule, { start: WINDOW.start, end: WINDOW.end });
        expect(workingSessions(schedule, window)).toEqual(longer.filter((each) => overlaps(each, window)));
      },
    ),
  );
});

import { expect, test } from '@jest/globals';
import { departuresAt } from '../departure.ts';
import type { Schedule } from '../working-time.ts';

/** Mondays from nine to twelve in Berlin, eight to eleven in UTC. */
const monday = { startDate: '2027-03-22', endDate: '2027-03-22' };
const schedule: Schedule = {
  timezone: 'Europe/Berlin',
  rules: [
    {
      ...{ dayOfWeek: 1, startMinute: 540, endMinute: 720 },
      ...{ locationId: null, serviceIds: null, effectiveFrom: null, effectiveTo: null },
    },
  ],
  overrides: [],
  closures: [],
};
const at = (start: string, end: string) => ({
  start: Date.parse(`2027-03-22T${start}Z`),
  end: Date.parse(`2027-03-22T${end}Z`),
});
const VISIT = at('09:00', '09:30');
const closures = [{ ...monday, locationId: null, timezone: null }];
const overrides = [{ ...monday, kind: 'unavailable' as const, intervals: [] }];
const absences = [at('09:15', '10:00')];

test('every reason is named, also where all hold at once', () => {
  const all = { ...schedule, closures, overrides, absences };
  expect(departuresAt(all, VISIT, 's1')).toEqual(['closed', 'other_hours', 'absent']);
  expect(departuresAt({ ...schedule, overrides }, VISIT, 's1')).toEqual(['other_hours']);
});

test('who works at another location than in the weekly hours is kept away by its closure', () => {
  const north = { startMinute: 540, endMinute: 720, locationId: 'north' };
  const there = { ...schedule, overrides: [{ ...monday, kind: 'custom' as const, intervals: [north] }] };
  const closedAt = (locationId: string) => [{ ...monday, locationId, timezone: null }];
  expect(departuresAt({ ...there, closures: closedAt('north') }, VISIT, 's1')).toEqual(['closed']);
  expect(departuresAt({ ...there, closures: closedAt('south'), absences }, VISIT, 's1')).toEqual(['absent']);
});

test('there is none where the doctor works, or would not anyway', () => {
  expect(departuresAt({ ...schedule, absences }, at('08:00', '08:30'), 's1')).toEqual([]);
  expect(departuresAt({ ...schedule, closures }, at('15:00', '15:30'), 's1')).toEqual([]);
});

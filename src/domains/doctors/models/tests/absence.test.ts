import { describe, expect, test } from '@jest/globals';
import { absenceTime, timeTaken, UnusableAbsence } from '../absence.ts';
import { workingSessions } from '../working-time.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const hours = (from: string, to: string, timezone: string): number => {
  const { start, end } = absenceTime({ from, to }, timezone, NOW);
  return (end - start) / 3_600_000;
};
const instants = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });

describe('an absence by dates', () => {
  test.each([
    ['Europe/Berlin', '2027-03-28', 23],
    ['Europe/Berlin', '2027-10-31', 25],
    ['Australia/Lord_Howe', '2027-04-04', 24.5],
    ['America/Santiago', '2027-09-05', 23],
    ['Asia/Kathmandu', '2027-03-28', 24],
  ])('in %s on %s is the whole day, of %d hours', (timezone, date, length) => {
    expect(hours(date, date, timezone)).toBe(length);
  });

  test('has its last day as well', () => {
    expect(hours('2027-05-10', '2027-05-12', 'Europe/Berlin')).toBe(72);
  });
});

test.each([
  ['two kinds of ends', { from: '2027-05-10', to: new Date('2027-05-11T00:00:00Z') }],
  ['no time at all', instants('2027-05-10T08:00:00Z', '2027-05-10T08:00:00Z')],
  ['the wrong order', { from: '2027-05-10', to: '2027-05-09' }],
  ['more than 366 days', instants('2027-01-01T00:00:00Z', '2028-01-02T00:00:00.001Z')],
  ['what is over', instants('2025-05-10T08:00:00Z', '2026-01-01T00:00:00Z')],
])('%s is no absence', (_what, ends) => {
  expect(() => absenceTime(ends, 'Europe/Berlin', NOW)).toThrow(UnusableAbsence);
});

test('takes full five minutes, and what is left of a session stays at its place', () => {
  const absence = timeTaken(instants('2027-03-22T08:31:00Z', '2027-03-22T09:58:30Z'));
  const rule = {
    dayOfWeek: 1,
    startMinute: 540,
    endMinute: 720,
    locationId: 'here',
    serviceIds: null,
    effectiveFrom: null,
    effectiveTo: null,
  };
  const schedule = {
    timezone: 'Europe/Berlin',
    rules: [rule],
    overrides: [],
    closures: [],
    absences: [absence],
  };
  const day = { start: Date.parse('2027-03-22T00:00:00Z'), end: Date.parse('2027-03-23T00:00:00Z') };
  const shown = workingSessions(schedule, day).map(({ start, end, locationId }) => [
    new Date(start).toISOString().slice(11, 16),
    new Date(end).toISOString().slice(11, 16),
    locationId,
  ]);
  expect(shown).toEqual([
    ['08:00', '08:30', 'here'],
    ['10:00', '11:00', 'here'],
  ]);
});

import { describe, expect, test } from '@jest/globals';
import { newId } from '../../../../shared/types/id.ts';
import { leadTimeOf, percentileOf } from '../lead-time.ts';
import { previousOf, rateOf } from '../period.ts';
import { sourceEventOf } from '../source-event.ts';
import { type Visit, visitOf } from '../visit.ts';
import { workingDays } from '../working-minutes.ts';

const BERLIN = 'Europe/Berlin';
const always = { effectiveFrom: null, effectiveTo: null, serviceIds: null, locationId: null };
const hoursOn = (dayOfWeek: number, startMinute: number, endMinute: number, timezone = BERLIN) => ({
  timezone,
  rules: [{ dayOfWeek, startMinute, endMinute, ...always }],
  overrides: [],
  closures: [],
  absences: [],
});
const since = (instant: string, hours = hoursOn(7, 0, 6 * 60)) => ({ since: new Date(instant), hours });

describe('working time', () => {
  const dates = { first: '2027-03-01', last: '2027-11-30' };

  test('is an hour less where clocks are set forward, and an hour more where they are set back', () => {
    const days = workingDays([since('2027-01-01T00:00:00Z')], BERLIN, dates);
    const minutesOn = (date: string) => days.find(({ localDate }) => localDate === date)?.minutes;
    expect([minutesOn('2027-03-21'), minutesOn('2027-03-28'), minutesOn('2027-10-31')]).toEqual([
      360, 300, 420,
    ]);
  });

  test('through a night belongs to both dates, and to those of the clinic where the doctor has another clock', () => {
    const night = since('2027-01-01T00:00:00Z', hoursOn(1, 22 * 60, 2 * 60));
    const week = { first: '2027-03-15', last: '2027-03-17' };
    expect(workingDays([night], BERLIN, week)).toEqual([
      { localDate: '2027-03-15', locationId: null, minutes: 120 },
      { localDate: '2027-03-16', locationId: null, minutes: 120 },
    ]);
    expect(workingDays([night], 'Asia/Tokyo', week)).toEqual([
      { localDate: '2027-03-16', locationId: null, minutes: 240 },
    ]);
  });

  test('of a date is that of the hours as they stood when it ended', () => {
    const changes = [
      since('2027-03-01T00:00:00Z', hoursOn(1, 0, 60)),
      since('2027-03-15T20:00:00Z', hoursOn(1, 0, 120)),
      since('2027-03-22T23:30:00Z', hoursOn(1, 0, 180)), // the next day in Berlin
    ];
    const days = workingDays(changes, BERLIN, { first: '2027-02-01', last: '2027-03-29' });
    expect(days.map(({ localDate, minutes }) => [localDate, minutes])).toEqual([
      ['2027-03-01', 60],
      ['2027-03-08', 60],
      ['2027-03-15', 120],
      ['2027-03-22', 120],
      ['2027-03-29', 180],
    ]);
  });
});

const booked = (startsAt: string, changes: object = {}) => {
  const appointment = {
    ...{ id: newId(), doctorId: newId(), patientId: newId(), serviceId: newId(), locationId: null },
    ...{ startsAt, endsAt: new Date(Date.parse(startsAt) + 1_800_000).toISOString() },
    ...{ status: 'confirmed', version: 1, createdAt: '2027-03-01T00:00:00.000Z', ...changes },
  };
  const event = { id: newId(), tenantId: newId(), type: 'appointment.booked', payload: { appointment } };
  return sourceEventOf({ ...event, occurredAt: new Date('2027-03-01T00:00:00Z') });
};
const visitFrom = (...events: ReturnType<typeof booked>[]) =>
  visitOf(
    events.flatMap((event) => event ?? []),
    { timezone: BERLIN, patientOf: (id) => id },
  ) as Visit;

test.each([
  ['2027-03-27T23:30:00.000Z', '2027-03-28', 0],
  ['2027-03-28T00:59:00.000Z', '2027-03-28', 1],
  ['2027-03-28T01:00:00.000Z', '2027-03-28', 3],
  ['2027-03-28T22:00:00.000Z', '2027-03-29', 0],
  ['2027-10-31T00:30:00.000Z', '2027-10-31', 2],
  ['2027-10-31T01:30:00.000Z', '2027-10-31', 2],
])('a visit at %s is on %s, hour %i, when clocks change in Berlin', (startsAt, localDate, localHour) => {
  expect(visitFrom(booked(startsAt))).toMatchObject({ localDate, localHour });
});

test('a visit is what its highest version says, and an event of another domain that is not as it should be is told', () => {
  const id = newId();
  const [first, last] = [
    booked('2027-03-22T08:00:00.000Z', { id, version: 1 }),
    booked('2027-03-23T08:00:00.000Z', { id, version: 2, status: 'completed' }),
  ];
  expect(visitFrom(last, first)).toMatchObject({ localDate: '2027-03-23', status: 'completed' });
  expect(visitFrom()).toBeUndefined();
  const broken = { id, tenantId: id, type: 'appointment.booked', payload: {}, occurredAt: new Date() };
  expect(() => sourceEventOf(broken)).toThrow();
  expect(sourceEventOf({ ...broken, type: 'user.created' })).toBeUndefined();
});

test('percentiles are by nearest rank, and nothing is 0', () => {
  const rows = [1, 2, 3, 4].map((leadHours) => ({ leadHours, appointments: 1 }));
  expect([0.1, 0.5, 0.75, 0.95].map((part) => percentileOf(rows, part))).toEqual([1, 2, 3, 4]);
  const period = { from: '2027-03-01', to: '2027-03-31' };
  expect(previousOf(period)).toEqual({ from: '2027-01-29', to: '2027-02-28' });
  const nothing = leadTimeOf({ ...period, timezone: BERLIN }, previousOf(period), []);
  expect(nothing.hours).toEqual({ average: 0, p10: 0, p25: 0, p50: 0, p75: 0, p90: 0, p95: 0 });
  expect([rateOf(0, 0), rateOf(1, 3)]).toEqual([0, 0.3333]);
});

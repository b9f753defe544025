import { describe, expect, test } from '@jest/globals';
import { parseMinuteOfDay } from '../../../../shared/time/local-date.ts';
import { localTimeAt } from '../../../../shared/time/wall-clock.ts';
import type { AvailabilityOverride, Closure, Hours, Schedule, WeeklyRule } from '../working-time.ts';
import { workingSessions } from '../working-time.ts';

const [MONDAY, TUESDAY] = [1, 2];

const hours = (text: string): Hours => ({
  startMinute: parseMinuteOfDay(text.slice(0, 5)),
  endMinute: parseMinuteOfDay(text.slice(6)),
});

const rule = (dayOfWeek: number, text: string, rest: Partial<WeeklyRule> = {}): WeeklyRule => ({
  dayOfWeek,
  ...hours(text),
  locationId: null,
  serviceIds: null,
  effectiveFrom: null,
  effectiveTo: null,
  ...rest,
});

const custom = (startDate: string, endDate: string, ...texts: string[]): AvailabilityOverride => ({
  startDate,
  endDate,
  kind: 'custom',
  intervals: texts.map((text) => ({ ...hours(text), locationId: null })),
});

const customAt = (date: string, text: string, locationId: string): AvailabilityOverride => ({
  ...custom(date, date),
  intervals: [{ ...hours(text), locationId }],
});

const unavailable = (startDate: string, endDate = startDate): AvailabilityOverride => ({
  startDate,
  endDate,
  kind: 'unavailable',
  intervals: [],
});

const closed = (startDate: string, endDate = startDate, locationId: string | null = null): Closure => ({
  startDate,
  endDate,
  locationId,
  timezone: null,
});

const schedule = (rules: WeeklyRule[], rest: Partial<Schedule> = {}): Schedule => ({
  timezone: 'Europe/Berlin',
  rules,
  overrides: [],
  closures: [],
  ...rest,
});

/** The sessions from one UTC midnight to another, in local time, with their location if they have one. */
const sessions = (of: Schedule, from: string, to: string, serviceId?: string): string[] =>
  workingSessions(of, { start: Date.parse(from), end: Date.parse(to) }, serviceId).map(
    ({ start, end, localDate, locationId }) => {
      const [starts, ends] = [localTimeAt(of.timezone, start), localTimeAt(of.timezone, end)];
      expect(starts.slice(0, 10)).toBe(localDate);
      return `${starts} – ${ends}${locationId === null ? '' : ` ${locationId}`}`;
    },
  );

/** Monday 2027-03-22 to Sunday. */
const week = ['2027-03-22', '2027-03-28'] as const;

describe('weekly rules', () => {
  test('each applies on its weekday, ascending, whatever their order', () => {
    const of = schedule([
      rule(TUESDAY, '09:00–12:00'),
      rule(MONDAY, '14:00–18:00'),
      rule(MONDAY, '09:00–12:00'),
    ]);
    expect(sessions(of, ...week)).toEqual([
      '2027-03-22T09:00 – 2027-03-22T12:00',
      '2027-03-22T14:00 – 2027-03-22T18:00',
      '2027-03-23T09:00 – 2027-03-23T12:00',
    ]);
  });

  test('both ends of their time in effect are included', () => {
    const inEffect = { effectiveFrom: '2027-03-22', effectiveTo: '2027-03-29' };
    expect(sessions(schedule([rule(MONDAY, '09:00–12:00', inEffect)]), '2027-03-01', '2027-05-01')).toEqual([
      '2027-03-22T09:00 – 2027-03-22T12:00',
      '2027-03-29T09:00 – 2027-03-29T12:00',
    ]);
  });

  test('those for other services are left out only when a service is asked for', () => {
    const of = schedule([
      rule(MONDAY, '09:00–12:00', { serviceIds: ['checkup'] }),
      rule(MONDAY, '13:00–15:00', { serviceIds: ['surgery'] }),
      rule(MONDAY, '16:00–17:00'),
      rule(MONDAY, '18:00–19:00', { serviceIds: [] }),
    ]);
    expect(sessions(of, ...week, 'checkup').map((each) => each.slice(11, 16))).toEqual(['09:00', '16:00']);
    expect(sessions(of, ...week)).toHaveLength(4);
  });

  test('an end at or before the start runs into the next date; 24:00 and 00:00 are the midnight between', () => {
    expect(sessions(schedule([rule(MONDAY, '22:00–06:00')]), ...week)).toEqual([
      '2027-03-22T22:00 – 2027-03-23T06:00',
    ]);
    expect(sessions(schedule([rule(MONDAY, '08:00–08:00')]), ...week)).toEqual([
      '2027-03-22T08:00 – 2027-03-23T08:00',
    ]);
    for (const text of ['20:00–24:00', '20:00–00:00'])
      expect(sessions(schedule([rule(MONDAY, text)]), ...week)).toEqual([
        '2027-03-22T20:00 – 2027-03-23T00:00',
      ]);
  });
});

describe('sessions', () => {
  test('overlapping and touching hours of one date and location are one session', () => {
    const of = schedule([
      rule(MONDAY, '09:00–11:00'),
      rule(MONDAY, '10:30–12:00'),
      rule(MONDAY, '12:00–13:00'),
    ]);
    expect(sessions(of, ...week)).toEqual(['2027-03-22T09:00 – 2027-03-22T13:00']);
  });

  test('locations stay apart, also where their hours overlap', () => {
    const of = schedule([
      rule(MONDAY, '09:00–11:00', { locationId: 'north' }),
      rule(MONDAY, '10:00–12:00', { locationId: 'south' }),
      rule(MONDAY, '11:00–12:00'),
    ]);
    expect(sessions(of, ...week)).toEqual([
      '2027-03-22T09:00 – 2027-03-22T11:00 north',
      '2027-03-22T10:00 – 2027-03-22T12:00 south',
      '2027-03-22T11:00 – 2027-03-22T12:00',
    ]);
  });

  test('dates stay apart, where they touch at midnight and where a night meets the next morning', () => {
    const touching = schedule([rule(MONDAY, '20:00–24:00'), rule(TUESDAY, '00:00–04:00')]);
    expect(sessions(touching, ...week)).toEqual([
      '2027-03-22T20:00 – 2027-03-23T00:00',
      '2027-03-23T00:00 – 2027-03-23T04:00',
    ]);
    const meeting = schedule([rule(MONDAY, '22:00–09:00'), rule(TUESDAY, '08:00–12:00')]);
    expect(sessions(meeting, ...week)).toEqual([
      '2027-03-22T22:00 – 2027-03-23T09:00',
      '2027-03-23T08:00 – 2027-03-23T12:00',
    ]);
  });

  test('a window gives whole sessions, and those alone that it overlaps', () => {
    const of = schedule([rule(MONDAY, '22:00–06:00')]); // 21:00Z to 05:00Z
    const night = ['2027-03-22T22:00 – 2027-03-23T06:00'];
    expect(sessions(of, '2027-03-23T04:59Z', '2027-03-23T12:00Z')).toEqual(night);
    expect(sessions(of, '2027-03-23T05:00Z', '2027-03-23T12:00Z')).toEqual([]);
    expect(sessions(of, '2027-03-22T00:00Z', '2027-03-22T21:01Z')).toEqual(night);
    expect(sessions(of, '2027-03-22T00:00Z', '2027-03-22T21:00Z')).toEqual([]);
    expect(sessions(of, '2027-03-23T01:00Z', '2027-03-23T01:00Z')).toEqual([]);
  });
});

describe('overrides', () => {
  const mondays = schedule([
    rule(MONDAY, '09:00–12:00', { locationId: 'north' }),
    rule(TUESDAY, '09:00–12:00'),
  ]);

  test('unavailable leaves nothing of its dates, both ends included', () => {
    expect(sessions({ ...mondays, overrides: [unavailable('2027-03-21', '2027-03-22')] }, ...week)).toEqual([
      '2027-03-23T09:00 – 2027-03-23T12:00',
    ]);
  });

  test('custom takes the place of the rules, at no location, also on a day without rules', () => {
    const overrides = [
      custom('2027-03-22', '2027-03-22', '15:00–16:00'),
      custom('2027-03-24', '2027-03-24', '08:00–09:00'),
    ];
    expect(sessions({ ...mondays, overrides }, ...week)).toEqual([
      '2027-03-22T15:00 – 2027-03-22T16:00',
      '2027-03-23T09:00 – 2027-03-23T12:00',
      '2027-03-24T08:00 – 2027-03-24T09:00',
    ]);
  });

  test('custom ones unite on a date that they share', () => {
    const overrides = [
      custom('2027-03-22', '2027-03-23', '15:00–16:00'),
      custom('2027-03-22', '2027-03-22', '16:00–17:00', '08:00–09:00'),
    ];
    expect(sessions({ ...mondays, overrides }, ...week)).toEqual([
      '2027-03-22T08:00 – 2027-03-22T09:00',
      '2027-03-22T15:00 – 2027-03-22T17:00',
      '2027-03-23T15:00 – 2027-03-23T16:00',
    ]);
  });

  test('custom hours that name a location are worked there, apart from those that name another or none', () => {
    const overrides = [
      customAt('2027-03-22', '08:00–10:00', 'north'),
      customAt('2027-03-22', '10:00–11:00', 'north'),
      customAt('2027-03-22', '09:00–12:00', 'south'),
      custom('2027-03-22', '2027-03-22', '11:00–12:00'),
    ];
    expect(sessions({ ...mondays, overrides }, ...week)).toEqual([
      '2027-03-22T08:00 – 2027-03-22T11:00 north',
      '2027-03-22T09:00 – 2027-03-22T12:00 south',
      '2027-03-22T11:00 – 2027-03-22T12:00',
      '2027-03-23T09:00 – 2027-03-23T12:00',
    ]);
  });

  test('unavailable wins over custom, whatever their order', () => {
    const pair = [custom('2027-03-22', '2027-03-23', '15:00–16:00'), unavailable('2027-03-22')];
    for (const overrides of [pair, pair.toReversed()])
      expect(sessions({ ...mondays, overrides }, ...week)).toEqual(['2027-03-23T15:00 – 2027-03-23T16:00']);
  });

  test('custom hours hold for every service and may run overnight', () => {
    const overrides = [custom('2027-03-22', '2027-03-22', '22:00–02:00')];
    const of = schedule([rule(MONDAY, '09:00–12:00', { serviceIds: ['surgery'] })], { overrides });
    expect(sessions(of, ...week, 'checkup')).toEqual(['2027-03-22T22:00 – 2027-03-23T02:00']);
  });
});

describe('closures', () => {
  test('one of the tenant closes every location, one of a location closes that alone', () => {
    const rules = [
      rule(MONDAY, '09:00–12:00', { locationId: 'north' }),
      rule(MONDAY, '13:00–14:00', { locationId: 'south' }),
      rule(MONDAY, '15:00–16:00'),
    ];
    expect(sessions(schedule(rules, { closures: [closed('2027-03-20', '2027-03-22')] }), ...week)).toEqual(
      [],
    );
    expect(
      sessions(schedule(rules, { closures: [closed('2027-03-22', '2027-03-22', 'north')] }), ...week),
    ).toEqual(['2027-03-22T13:00 – 2027-03-22T14:00 south', '2027-03-22T15:00 – 2027-03-22T16:00']);
  });

  test('custom hours that name no location are closed by the tenant only', () => {
    const of = schedule([], { overrides: [custom('2027-03-22', '2027-03-22', '09:00–12:00')] });
    expect(
      sessions({ ...of, closures: [closed('2027-03-22', '2027-03-22', 'north')] }, ...week),
    ).toHaveLength(1);
    expect(sessions({ ...of, closures: [closed('2027-03-22')] }, ...week)).toEqual([]);
  });

  test('custom hours that name a location are closed with it', () => {
    const of = schedule([], {
      overrides: [
        customAt('2027-03-22', '09:00–12:00', 'north'),
        customAt('2027-03-22', '13:00–14:00', 'south'),
      ],
    });
    expect(sessions({ ...of, closures: [closed('2027-03-22', '2027-03-22', 'north')] }, ...week)).toEqual([
      '2027-03-22T13:00 – 2027-03-22T14:00 south',
    ]);
  });

  test('a night is cut at midnight: what is left belongs to the date on which it starts', () => {
    const night = schedule([rule(MONDAY, '22:00–06:00')]);
    expect(sessions({ ...night, closures: [closed('2027-03-23')] }, ...week)).toEqual([
      '2027-03-22T22:00 – 2027-03-23T00:00',
    ]);
    expect(sessions({ ...night, closures: [closed('2027-03-22')] }, ...week)).toEqual([
      '2027-03-23T00:00 – 2027-03-23T06:00',
    ]);
    expect(sessions({ ...night, closures: [closed('2027-03-22'), closed('2027-03-23')] }, ...week)).toEqual(
      [],
    );
  });
});

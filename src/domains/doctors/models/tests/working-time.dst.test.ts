import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, formatMinuteOfDay, parseMinuteOfDay } from '../../../../shared/time/local-date.ts';
import { MINUTE_MS } from '../../../../shared/time/units.ts';
import { localTimeAt } from '../../../../shared/time/wall-clock.ts';
import type { Schedule } from '../working-time.ts';
import { workingSessions } from '../working-time.ts';

const GRAIN_MS = 5 * MINUTE_MS;

/** A schedule with hours, '01:00–04:00', on every day of the week. */
const daily = (timezone: string, ...texts: readonly string[]): Schedule => ({
  timezone,
  rules: [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) =>
    texts.map((text) => ({
      dayOfWeek: weekday,
      startMinute: parseMinuteOfDay(text.slice(0, 5)),
      endMinute: parseMinuteOfDay(text.slice(6)),
      locationId: null,
      serviceIds: null,
      effectiveFrom: null,
      effectiveTo: null,
    })),
  ),
  overrides: [],
  closures: [],
});

const around = (date: string) => ({
  start: Date.parse(addDays(date, -3)),
  end: Date.parse(addDays(date, 4)),
});

/** The sessions that start on `date`: their real length in hours, and their ends on the wall clock. */
const sessionsOf = (schedule: Schedule, date: string): string[] =>
  workingSessions(schedule, around(date))
    .filter(({ localDate }) => localDate === date)
    .map(({ start, end }) => {
      const [from, to] = [start, end].map((instant) => localTimeAt(schedule.timezone, instant).slice(5));
      return `${from} – ${to}, ${(end - start) / (60 * MINUTE_MS)} h`;
    });

describe('a session has the length that really passes', () => {
  test.each([
    ['America/New_York', '2027-03-14', '00:30–06:30', ['03-14T00:30 – 03-14T06:30, 5 h']],
    ['America/New_York', '2027-11-07', '00:30–06:30', ['11-07T00:30 – 11-07T06:30, 7 h']],
    ['Europe/Berlin', '2027-03-28', '01:00–04:00', ['03-28T01:00 – 03-28T04:00, 2 h']],
    ['Europe/Berlin', '2027-10-31', '01:00–04:00', ['10-31T01:00 – 10-31T04:00, 4 h']],
    ['Europe/Berlin', '2027-03-27', '22:00–06:00', ['03-27T22:00 – 03-28T06:00, 7 h']],
    ['Europe/London', '2027-03-28', '00:00–24:00', ['03-28T00:00 – 03-29T00:00, 23 h']],
    ['Europe/London', '2027-10-31', '00:00–24:00', ['10-31T00:00 – 11-01T00:00, 25 h']],
    ['Asia/Kolkata', '2027-03-28', '09:00–17:00', ['03-28T09:00 – 03-28T17:00, 8 h']],
    ['Asia/Kathmandu', '2027-03-28', '00:00–24:00', ['03-28T00:00 – 03-29T00:00, 24 h']],
    ['Pacific/Chatham', '2027-09-26', '02:00–05:00', ['09-26T02:00 – 09-26T05:00, 2 h']], // 02:45 -> 03:45
    ['Pacific/Chatham', '2027-04-04', '02:00–05:00', ['04-04T02:00 – 04-04T05:00, 4 h']], // 03:45 -> 02:45
    ['Australia/Lord_Howe', '2027-10-03', '00:00–24:00', ['10-03T00:00 – 10-04T00:00, 23.5 h']],
    ['Australia/Lord_Howe', '2027-04-04', '00:00–24:00', ['04-04T00:00 – 04-05T00:00, 24.5 h']],
    ['America/Santiago', '2027-09-05', '00:00–04:00', ['09-05T01:00 – 09-05T04:00, 3 h']], // the day starts at 01:00
    ['America/Santiago', '2027-09-04', '20:00–24:00', ['09-04T20:00 – 09-05T01:00, 4 h']],
    ['America/Santiago', '2027-04-03', '20:00–24:00', ['04-03T20:00 – 04-04T00:00, 5 h']], // 23:00 twice
    ['Africa/Cairo', '2027-04-30', '00:00–08:00', ['04-30T01:00 – 04-30T08:00, 7 h']],
    ['Africa/Cairo', '2027-10-28', '22:00–24:00', ['10-28T22:00 – 10-29T00:00, 3 h']],
    ['Africa/Casablanca', '2027-02-07', '01:00–04:00', ['02-07T01:00 – 02-07T04:00, 4 h']],
    ['Africa/Casablanca', '2027-03-14', '01:00–04:00', ['03-14T01:00 – 03-14T04:00, 2 h']],
    ['Pacific/Apia', '2011-12-29', '22:00–06:00', ['12-29T22:00 – 12-31T06:00, 8 h']],
  ])('in %s on %s, %s', (timezone, date, text, expected) => {
    expect(sessionsOf(daily(timezone, text), date)).toEqual(expected);
  });
});

describe('a date that the zone skips', () => {
  test('is not worked, and its hours do not appear on the next date', () => {
    const apia = daily('Pacific/Apia', '09:00–12:00');
    expect(workingSessions(apia, around('2011-12-30')).map(({ localDate }) => localDate)).toEqual([
      '2011-12-27',
      '2011-12-28',
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
      '2012-01-02',
      '2012-01-03',
    ]);
  });

  test('a night that runs across it is found from its last minute', () => {
    const end = Date.parse('2011-12-31T06:00:00+14:00');
    const found = workingSessions(daily('Pacific/Apia', '22:00–06:00'), { start: end - MINUTE_MS, end });
    expect(found.map(({ localDate }) => localDate)).toEqual(['2011-12-29']);
  });
});

describe('hours around a gap in Berlin, 2027-03-28 02:00 -> 03:00', () => {
  test('those that lie in the gap move forward by it', () => {
    expect(sessionsOf(daily('Europe/Berlin', '02:00–02:30'), '2027-03-28')).toEqual([
      '03-28T03:00 – 03-28T03:30, 0.5 h',
    ]);
  });

  test('those that the gap swallows are not worked', () => {
    expect(sessionsOf(daily('Europe/Berlin', '02:00–03:00'), '2027-03-28')).toEqual([]);
    expect(sessionsOf(daily('Europe/Berlin', '02:30–03:15'), '2027-03-28')).toEqual([]);
  });

  test('those that the gap separates on the wall alone are one session', () => {
    expect(sessionsOf(daily('Europe/Berlin', '01:00–02:00', '03:00–04:00'), '2027-03-28')).toEqual([
      '03-28T01:00 – 03-28T04:00, 2 h',
    ]);
  });
});

test('clocks set back across midnight hide no session from a window in the repeated hour', () => {
  // St. John's, 2009-11-01: at 00:01 back to 23:01 of the day before; the 1st starts at its first 00:00, 02:30Z.
  const schedule = daily('America/St_Johns', '00:00–04:00');
  const window = { start: Date.parse('2009-11-01T02:40Z'), end: Date.parse('2009-11-01T02:50Z') }; // 23:10 – 23:20, again
  expect(workingSessions(schedule, window).map(({ localDate }) => localDate)).toEqual(['2009-11-01']);
});

describe('working time against a reading of every five minutes by Intl', () => {
  const days = [
    ['America/New_York', '2027-03-14'],
    ['America/New_York', '2027-11-07'],
    ['Europe/Berlin', '2027-03-28'],
    ['Europe/Berlin', '2027-10-31'],
    ['Asia/Kathmandu', '2027-03-28'],
    ['Pacific/Chatham', '2027-09-26'],
    ['Australia/Lord_Howe', '2027-04-04'],
    ['Australia/Lord_Howe', '2027-10-03'],
    ['America/Santiago', '2027-09-05'],
    ['Africa/Cairo', '2027-04-30'],
    ['Africa/Casablanca', '2027-02-07'],
    ['Pacific/Apia', '2011-12-31'],
  ] as const;

  /** Every five minutes around a date, with what the wall clock shows then. */
  const readings = new Map<string, readonly (readonly [instant: number, shown: string])[]>();
  const readAround = (timezone: string, date: string) => {
    const known = readings.get(timezone + date);
    if (known !== undefined) return known;
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timezone,
      dateStyle: 'short',
      timeStyle: 'short',
    });
    const shown: (readonly [number, string])[] = [];
    for (let instant = around(date).start; instant < around(date).end; instant += GRAIN_MS)
      shown.push([instant, format.format(instant)]);
    readings.set(timezone + date, shown);
    return shown;
  };

  test('hours whose ends occur once are worked in exactly the minutes that the wall clock shows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...days),
        fc.nat(286),
        fc.integer({ min: 1, max: 287 }),
        ([timezone, date], a, b) => {
          fc.pre(a < b);
          const [from, to] = [`${date} ${formatMinuteOfDay(a * 5)}`, `${date} ${formatMinuteOfDay(b * 5)}`];
          const shown = readAround(timezone, date);
          for (const edge of [from, to]) fc.pre(shown.filter(([, text]) => text === edge).length === 1);
          const expected = shown.filter(([, text]) => from <= text && text < to).map(([instant]) => instant);

          const hours = `${from.slice(11)}–${to.slice(11)}`;
          const worked = workingSessions(daily(timezone, hours), around(date)).filter(
            ({ localDate }) => localDate === date,
          );
          const found = shown
            .map(([instant]) => instant)
            .filter((at) => worked.some((s) => s.start <= at && at < s.end));
          expect(found).toEqual(expected);
          expect(worked.reduce((sum, { start, end }) => sum + (end - start), 0)).toBe(
            expected.length * GRAIN_MS,
          );
        },
      ),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pointsEvery } from '../interval.ts';
import { addDays, datesFrom, formatMinuteOfDay, parseMinuteOfDay } from '../local-date.ts';
import { MINUTE_MS } from '../units.ts';
import {
  clockTicks,
  dateOccurs,
  instantAt,
  isTimeZone,
  localDateAt,
  localTimeAt,
  minuteOfDayAt,
} from '../wall-clock.ts';

const GRAIN_MS = 5 * MINUTE_MS;
const everyFiveMinutes = Array.from({ length: 288 }, (_, step) => step * 5);

/** '2027-03-28T02:30' on the wall, as UTC text. */
const utc = (timezone: string, wallClock: string): string =>
  new Date(instantAt(timezone, wallClock.slice(0, 10), parseMinuteOfDay(wallClock.slice(11))))
    .toISOString()
    .slice(0, 16);

/** An independent reading of the wall clock, by Intl. */
const readByIntl = (timezone: string) => {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (instant: number): string => format.format(instant).replace(' ', 'T');
};

/** Zones and a date on which their clocks change; the weeks around are read against Intl. */
const changes = [
  ['America/New_York', '2027-03-14'],
  ['America/New_York', '2027-11-07'],
  ['Europe/Berlin', '2027-03-28'],
  ['Europe/Berlin', '2027-10-31'],
  ['Europe/London', '2027-03-28'],
  ['Europe/London', '2027-10-31'],
  ['Asia/Kolkata', '2027-03-28'],
  ['Asia/Kathmandu', '2027-03-28'],
  ['Pacific/Chatham', '2027-04-04'],
  ['Pacific/Chatham', '2027-09-26'],
  ['Australia/Lord_Howe', '2027-04-04'],
  ['Australia/Lord_Howe', '2027-10-03'],
  ['America/Santiago', '2027-04-04'],
  ['America/Santiago', '2027-09-05'],
  ['Africa/Cairo', '2027-04-30'],
  ['Africa/Cairo', '2027-10-29'],
  ['Africa/Casablanca', '2027-02-07'],
  ['Africa/Casablanca', '2027-03-14'],
  ['Pacific/Apia', '2011-12-30'],
  ['America/St_Johns', '2009-11-01'],
] as const;

const dayLengthHours = (timezone: string, date: string): number =>
  (instantAt(timezone, date, 1440) - instantAt(timezone, date, 0)) / (60 * MINUTE_MS);

describe('from the wall clock to an instant', () => {
  test.each([
    // skipped: forward by the gap
    ['Europe/Berlin', '2027-03-28T02:30', '2027-03-28T01:30'], // 03:30+02
    ['Europe/Berlin', '2027-03-28T02:00', '2027-03-28T01:00'], // 03:00+02
    ['America/New_York', '2027-03-14T02:30', '2027-03-14T07:30'], // 03:30-04
    ['Australia/Lord_Howe', '2027-10-03T02:15', '2027-10-02T15:45'], // 02:45+11
    ['America/Santiago', '2027-09-05T00:00', '2027-09-05T04:00'], // 01:00-03, the day has no midnight
    ['Africa/Cairo', '2027-04-30T00:30', '2027-04-29T22:30'], // 01:30+03
    ['Pacific/Apia', '2011-12-30T10:00', '2011-12-30T20:00'], // the 31st, 10:00+14
    // twice: the first
    ['Europe/Berlin', '2027-10-31T02:30', '2027-10-31T00:30'], // 02:30+02
    ['Europe/London', '2027-10-31T01:30', '2027-10-31T00:30'], // 01:30+01
    ['America/New_York', '2027-11-07T01:30', '2027-11-07T05:30'], // 01:30-04
    ['America/Santiago', '2027-04-03T23:30', '2027-04-04T02:30'], // 23:30-03
    ['Australia/Lord_Howe', '2027-04-04T01:45', '2027-04-03T14:45'], // 01:45+11
    // quarters of an hour
    ['Asia/Kathmandu', '2027-03-22T09:00', '2027-03-22T03:15'], // +05:45
    ['Pacific/Chatham', '2027-06-22T09:00', '2027-06-21T20:15'], // +12:45
    ['Pacific/Chatham', '2027-12-22T09:00', '2027-12-21T19:15'], // +13:45
    ['Asia/Kolkata', '2027-03-22T09:00', '2027-03-22T03:30'], // +05:30
    ['America/St_Johns', '2027-01-22T09:00', '2027-01-22T12:30'], // -03:30
  ])('in %s, %s is %sZ', (timezone, wallClock, expected) => {
    expect(utc(timezone, wallClock)).toBe(expected);
  });

  test.each([
    ['America/New_York', '2027-03-14', 23],
    ['America/New_York', '2027-11-07', 25],
    ['Australia/Lord_Howe', '2027-10-03', 23.5],
    ['Australia/Lord_Howe', '2027-04-04', 24.5],
    ['America/Santiago', '2027-09-05', 23],
    ['America/Santiago', '2027-04-03', 25],
    ['Africa/Cairo', '2027-04-30', 23],
    ['Africa/Cairo', '2027-10-28', 25],
    ['Africa/Casablanca', '2027-02-07', 25],
    ['Africa/Casablanca', '2027-03-14', 23],
    ['Asia/Kathmandu', '2027-03-28', 24],
    ['Pacific/Apia', '2011-12-29', 24],
    ['Pacific/Apia', '2011-12-30', 0],
    ['Pacific/Apia', '2011-12-31', 24],
  ])('in %s, %s has %d hours', (timezone, date, hours) => {
    expect(dayLengthHours(timezone, date)).toBe(hours);
  });

  test('a date that a zone skips does not occur, every other date does', () => {
    expect(dateOccurs('Pacific/Apia', '2011-12-30')).toBe(false);
    for (const date of ['2011-12-29', '2011-12-31']) expect(dateOccurs('Pacific/Apia', date)).toBe(true);
    for (const date of datesFrom('2027-01-01', '2027-12-31'))
      expect(dateOccurs('Africa/Cairo', date)).toBe(true);
  });

  test('a minute past midnight is read on the wall clock of the next date, not added to the night', () => {
    expect(instantAt('Europe/Berlin', '2027-03-27', 1440 + 360)).toBe(
      instantAt('Europe/Berlin', '2027-03-28', 360),
    );
    expect(
      instantAt('Europe/Berlin', '2027-03-27', 1440 + 360) - instantAt('Europe/Berlin', '2027-03-27', 1320),
    ).toBe(7 * 60 * MINUTE_MS);
  });

  test('an unknown zone is a RangeError', () => {
    expect(() => instantAt('Mars/Olympus', '2027-03-22', 0)).toThrow(RangeError);
    expect(() => localDateAt('Mars/Olympus', 0)).toThrow(RangeError);
  });

  test.each(changes)(
    'around the change in %s on %s, a time that occurs means its first instant',
    (timezone, date) => {
      const read = readByIntl(timezone);
      const firstInstants = new Map<string, number>();
      const [start, end] = [Date.parse(addDays(date, -3)), Date.parse(addDays(date, 4))];
      for (let instant = end; instant >= start; instant -= GRAIN_MS)
        firstInstants.set(read(instant), instant);
      const shown = datesFrom(addDays(date, -1), addDays(date, 2)).flatMap((day) =>
        everyFiveMinutes
          .map((minute) => [day, minute, firstInstants.get(`${day}T${formatMinuteOfDay(minute)}`)] as const)
          .filter(([, , first]) => first !== undefined),
      );
      expect(shown.length).toBeGreaterThan(700);
      expect(shown.map(([day, minute]) => [day, minute, instantAt(timezone, day, minute)])).toEqual(shown);
    },
  );
});

describe('from an instant to the wall clock', () => {
  test.each(changes)('around the change in %s on %s, it reads as Intl reads it', (timezone, date) => {
    const read = readByIntl(timezone);
    const [start, end] = [Date.parse(addDays(date, -2)), Date.parse(addDays(date, 3))];
    const instants = pointsEvery(GRAIN_MS, start, { start, end });
    expect(instants.map((instant) => localTimeAt(timezone, instant))).toEqual(instants.map(read));
  });

  test('date, time of day and text tell the same, and drop the seconds', () => {
    const instant = Date.parse('2027-03-22T22:59:59.999Z'); // 23:59:59.999 in Berlin
    expect(localDateAt('Europe/Berlin', instant)).toBe('2027-03-22');
    expect(minuteOfDayAt('Europe/Berlin', instant)).toBe(1439);
    expect(localTimeAt('Europe/Berlin', instant)).toBe('2027-03-22T23:59');
    expect(localTimeAt('Europe/Berlin', instant + 1)).toBe('2027-03-23T00:00');
  });

  test('a wall clock that occurs once comes back as it went', () => {
    const anyChange = fc.constantFrom(...changes);
    fc.assert(
      fc.property(
        anyChange,
        fc.integer({ min: -40, max: 40 }),
        fc.nat(287),
        ([timezone, date], days, step) => {
          const instant = instantAt(timezone, addDays(date, days), step * 5);
          const again = instantAt(timezone, localDateAt(timezone, instant), minuteOfDayAt(timezone, instant));
          expect(again).toBe(instant);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('ticks of the wall clock', () => {
  const ticks = (timezone: string, from: string, to: string, stepMinutes: number): string[] =>
    clockTicks(timezone, { start: Date.parse(from), end: Date.parse(to) }, stepMinutes).map((tick) =>
      localTimeAt(timezone, tick).slice(11),
    );

  test('full hours stay full hours where a DST change moves the clock by half an hour', () => {
    // Lord Howe, Sunday 2027-10-03, 02:00 -> 02:30
    expect(ticks('Australia/Lord_Howe', '2027-10-02T13:30Z', '2027-10-02T18:00Z', 60)).toEqual([
      '00:00',
      '01:00',
      '03:00',
      '04:00',
    ]);
    // Lord Howe, Sunday 2027-04-04, 02:00 -> 01:30
    expect(ticks('Australia/Lord_Howe', '2027-04-03T13:00Z', '2027-04-03T17:00Z', 30)).toEqual([
      '00:00',
      '00:30',
      '01:00',
      '01:30',
      '01:30',
      '02:00',
      '02:30',
      '03:00',
    ]);
  });

  test('a step that does not divide the day starts anew at midnight', () => {
    expect(ticks('Europe/Berlin', '2027-03-22T20:00Z', '2027-03-23T02:00Z', 100)).toEqual([
      '21:40',
      '23:20',
      '00:00',
      '01:40',
    ]);
  });

  test.each(changes)(
    'around the change in %s on %s, they are the instants that Intl reads as multiples',
    (timezone, date) => {
      const read = readByIntl(timezone);
      const window = { start: Date.parse(addDays(date, -2)) + 1, end: Date.parse(addDays(date, 3)) };
      for (const stepMinutes of [5, 25, 60, 90]) {
        const expected: number[] = [];
        for (let instant = window.start - 1 + GRAIN_MS; instant < window.end; instant += GRAIN_MS)
          if (parseMinuteOfDay(read(instant).slice(11)) % stepMinutes === 0) expected.push(instant);
        expect(clockTicks(timezone, window, stepMinutes)).toEqual(expected);
      }
    },
  );
});

describe('names of zones', () => {
  test.each([
    'Europe/Berlin',
    'europe/berlin',
    'UTC',
    'Etc/GMT+5',
    'America/Argentina/Buenos_Aires',
    'Asia/Kathmandu',
  ])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test.each([
    '+02:00',
    '-05',
    '+0200',
    'Z',
    'UTC+2',
    'Mars/Olympus',
    'Europe',
    'PST',
    ' UTC',
    '',
    '2027-01-01T00:00[UTC]',
  ])('%j is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

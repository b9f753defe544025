import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { occurrencesOf } from '../occurrences.ts';
import { parseRecurrence, UnusableRecurrence } from '../recurrence.ts';

const startsOf = (rule: string, startsAt: string, timezone = 'Europe/Berlin'): string[] =>
  occurrencesOf(parseRecurrence(rule), { startsAt: new Date(startsAt), timezone }).map((occurrence) =>
    occurrence.startsAt.toISOString().replace(':00.000Z', 'Z'),
  );
const datesOf = (rule: string, startsAt: string): string[] =>
  startsOf(rule, startsAt).map((start) => start.slice(0, 10));

describe('the time of day stays the same on the wall', () => {
  test.each([
    // 09:00 before and after clocks go forward on 2027-03-28.
    ['Europe/Berlin', '2027-03-21T08:00Z', ['2027-03-21T08:00Z', '2027-03-28T07:00Z', '2027-04-04T07:00Z']],
    // 09:00 before and after 2027-03-14, and around the way back on 2027-11-07.
    [
      'America/New_York',
      '2027-03-07T14:00Z',
      ['2027-03-07T14:00Z', '2027-03-14T13:00Z', '2027-03-21T13:00Z'],
    ],
    [
      'America/New_York',
      '2027-10-31T13:00Z',
      ['2027-10-31T13:00Z', '2027-11-07T14:00Z', '2027-11-14T14:00Z'],
    ],
    // 09:00 where clocks go forward by half an hour, on 2027-10-03.
    [
      'Australia/Lord_Howe',
      '2027-09-25T22:30Z',
      ['2027-09-25T22:30Z', '2027-10-02T22:00Z', '2027-10-09T22:00Z'],
    ],
    // 09:00 where midnight is what is skipped, on 2027-09-05.
    [
      'America/Santiago',
      '2027-08-29T13:00Z',
      ['2027-08-29T13:00Z', '2027-09-05T12:00Z', '2027-09-12T12:00Z'],
    ],
  ])('in %s from %s', (timezone, startsAt, expected) => {
    expect(startsOf('FREQ=WEEKLY;COUNT=3', startsAt, timezone)).toEqual(expected);
  });

  test.each([
    // 02:30 becomes 03:30 on 2027-03-28, and is 02:30 again a day later.
    ['Europe/Berlin', '2027-03-27T01:30Z', ['2027-03-27T01:30Z', '2027-03-28T01:30Z', '2027-03-29T00:30Z']],
    // 02:15 becomes 02:45 on 2027-10-03.
    [
      'Australia/Lord_Howe',
      '2027-10-01T15:45Z',
      ['2027-10-01T15:45Z', '2027-10-02T15:45Z', '2027-10-03T15:15Z'],
    ],
    // 00:30 becomes 01:30 on 2027-09-05.
    [
      'America/Santiago',
      '2027-09-04T04:30Z',
      ['2027-09-04T04:30Z', '2027-09-05T04:30Z', '2027-09-06T03:30Z'],
    ],
  ])('and moves forward by the gap where it is skipped: %s', (timezone, startsAt, expected) => {
    expect(startsOf('FREQ=DAILY;COUNT=3', startsAt, timezone)).toEqual(expected);
  });

  test('and means the first where it occurs twice, unless it is the start itself', () => {
    // 02:30 in Berlin, twice on 2027-10-31.
    expect(startsOf('FREQ=DAILY;COUNT=2', '2027-10-30T00:30Z')).toEqual([
      '2027-10-30T00:30Z',
      '2027-10-31T00:30Z',
    ]);
    expect(startsOf('FREQ=DAILY;COUNT=2', '2027-10-31T01:30Z')).toEqual([
      '2027-10-31T01:30Z',
      '2027-11-01T01:30Z',
    ]);
  });

  test('on no date that the zone leaves out', () => {
    // Samoa had no 2011-12-30.
    expect(startsOf('FREQ=DAILY;COUNT=2', '2011-12-29T19:00Z', 'Pacific/Apia')).toEqual([
      '2011-12-29T19:00Z',
      '2011-12-30T19:00Z',
    ]);
  });

  test('whatever the zone of the process', async () => {
    const [utc, ...others] = await Promise.all(['UTC', 'Asia/Tokyo', 'America/St_Johns'].map(answerUnder));
    expect(utc).toContain('2027-03-28T01:30:00.000Z');
    for (const other of others) expect(other).toBe(utc);
  });
});

describe('UNTIL', () => {
  test('includes its date, in the zone of the series', () => {
    // 00:30 in Berlin is still the day before in UTC.
    expect(startsOf('FREQ=DAILY;UNTIL=20270323', '2027-03-21T23:30Z')).toEqual([
      '2027-03-21T23:30Z',
      '2027-03-22T23:30Z',
    ]);
  });

  test('includes its instant, and nothing after it', () => {
    expect(startsOf('FREQ=DAILY;UNTIL=20270323T080000Z', '2027-03-22T08:00Z')).toHaveLength(2);
    expect(startsOf('FREQ=DAILY;UNTIL=20270323T075959Z', '2027-03-22T08:00Z')).toHaveLength(1);
  });
});

describe('BYDAY', () => {
  test('names the days of a week, which begins on Monday', () => {
    // A Wednesday; every second week.
    expect(datesOf('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4', '2027-03-17T08:00Z')).toEqual([
      '2027-03-17',
      '2027-03-29',
      '2027-03-31',
      '2027-04-12',
    ]);
  });

  test('keeps daily visits to those days', () => {
    expect(datesOf('FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=3', '2027-03-18T08:00Z')).toEqual([
      '2027-03-18',
      '2027-03-19',
      '2027-03-22',
    ]);
  });

  test('counts within a month, from its beginning or its end', () => {
    expect(datesOf('FREQ=MONTHLY;BYDAY=2MO,-1FR;COUNT=4', '2027-03-08T08:00Z')).toEqual([
      '2027-03-08',
      '2027-03-26',
      '2027-04-12',
      '2027-04-30',
    ]);
  });

  test('leaves out a month without a fifth such day', () => {
    expect(datesOf('FREQ=MONTHLY;BYDAY=5MO;COUNT=3', '2027-03-29T08:00Z')).toEqual([
      '2027-03-29',
      '2027-05-31',
      '2027-08-30',
    ]);
  });

  test('without an ordinal means every such day of the month', () => {
    expect(datesOf('FREQ=MONTHLY;BYDAY=MO,2MO;COUNT=3', '2027-03-15T08:00Z')).toEqual([
      '2027-03-15',
      '2027-03-22',
      '2027-03-29',
    ]);
  });
});

test('a month without the day of the first has no occurrence', () => {
  expect(datesOf('FREQ=MONTHLY;COUNT=3', '2027-01-31T08:00Z')).toEqual([
    '2027-01-31',
    '2027-03-31',
    '2027-05-31',
  ]);
});

test.each([
  [
    'a rule that leaves out the first',
    'FREQ=WEEKLY;BYDAY=TU;COUNT=3',
    '2027-03-22T08:00Z',
    'startsAt itself',
  ],
  ['an end before the first', 'FREQ=WEEKLY;UNTIL=20270321', '2027-03-22T08:00Z', 'startsAt itself'],
  ['more than 52', 'FREQ=DAILY;UNTIL=20280101', '2027-03-22T08:00Z', 'from 1 to 52'],
  ['what never comes to an end', 'FREQ=MONTHLY;INTERVAL=12;COUNT=52', '2028-02-29T08:00Z', 'within 10 years'],
  ['a year that no date can name', 'FREQ=WEEKLY;COUNT=2', '9999-12-30T08:00Z', 'must begin'],
])('refuses %s', (_case, rule, startsAt, reason) => {
  expect(() => startsOf(rule, startsAt)).toThrow(UnusableRecurrence);
  expect(() => startsOf(rule, startsAt)).toThrow(reason);
});

const run = promisify(execFile);
const folder = new URL('../', import.meta.url).href;
const script = `
  const { parseRecurrence } = await import('${folder}recurrence.ts');
  const { occurrencesOf } = await import('${folder}occurrences.ts');
  const rows = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago'].map((timezone) =>
    occurrencesOf(parseRecurrence('FREQ=DAILY;UNTIL=20270401T013000Z'), { timezone, startsAt: new Date('2027-03-10T01:30:00Z') }));
  console.log(JSON.stringify(rows));
`;

/** The same series, in a process of its own whose clock stands in `TZ`. */
async function answerUnder(TZ: string): Promise<string> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return (await run(process.execPath, args, { env: { TZ } })).stdout;
}

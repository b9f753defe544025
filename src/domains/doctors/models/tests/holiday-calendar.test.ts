import { describe, expect, test } from '@jest/globals';
import { readHolidays } from '../holiday-calendar.ts';

const PERIOD = { from: '2027-01-01', to: '2028-12-31' };

const ics = (...events: string[][]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Example//Holidays//EN',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');
const holiday = (date: string, ...lines: string[]) => [
  `DTSTART;VALUE=DATE:${date}`,
  'SUMMARY:Holiday',
  ...lines,
];
const datesOf = (...lines: string[][]) =>
  readHolidays(ics(...lines), PERIOD).holidays.map(({ startDate, endDate }) =>
    startDate === endDate ? startDate : `${startDate}/${endDate}`,
  );
const reasonsOf = (...lines: string[][]) =>
  readHolidays(ics(...lines), PERIOD).skipped.map(({ reason }) => reason);

describe('the dates of an all-day event', () => {
  test('end before DTEND, after DURATION, and are one without either', () => {
    expect(datesOf(holiday('20270101', 'DTEND;VALUE=DATE:20270102'))).toEqual(['2027-01-01']);
    expect(datesOf(holiday('20271224', 'DTEND;VALUE=DATE:20271227'))).toEqual(['2027-12-24/2027-12-26']);
    expect(datesOf(holiday('20271224', 'DURATION:P3D'))).toEqual(['2027-12-24/2027-12-26']);
    expect(datesOf(holiday('20271224'))).toEqual(['2027-12-24']);
    expect(datesOf(holiday('20271224', 'DTEND;VALUE=DATE:20271224'))).toEqual(['2027-12-24']);
  });

  test('count when they touch the period', () => {
    expect(datesOf(holiday('20261230', 'DTEND;VALUE=DATE:20270102'))).toEqual(['2026-12-30/2027-01-01']);
    expect(reasonsOf(holiday('20261230', 'DTEND;VALUE=DATE:20270101'))).toEqual(['outside_period']);
    expect(reasonsOf(holiday('20290101'))).toEqual(['outside_period']);
  });
});

describe('an event of every year', () => {
  test.each([
    ['FREQ=YEARLY', '20201225', ['2027-12-25', '2028-12-25']],
    ['FREQ=YEARLY', '20240229', ['2028-02-29']],
    ['FREQ=YEARLY;COUNT=8', '20201225', ['2027-12-25']],
    ['FREQ=YEARLY;UNTIL=20271231T235959Z', '20201225', ['2027-12-25']],
    ['FREQ=YEARLY;INTERVAL=2', '20201225', ['2028-12-25']],
    ['FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25', '20201225', ['2027-12-25', '2028-12-25']],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '20201126', ['2027-11-25', '2028-11-23']],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=TH;BYSETPOS=4', '20201126', ['2027-11-25', '2028-11-23']],
    ['FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO', '20200525', ['2027-05-31', '2028-05-29']],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8', '20201103', ['2027-11-02', '2028-11-07']],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1', '20200229', ['2027-02-28', '2028-02-29']],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '20270101', ['2027-01-01']],
  ])('%s from %s', (rule, start, expected) => {
    expect(datesOf(holiday(start, `RRULE:${rule}`))).toEqual(expected);
  });

  test('keeps its length, and leaves out EXDATE and adds RDATE', () => {
    expect(datesOf(holiday('20201231', 'DTEND;VALUE=DATE:20210102', 'RRULE:FREQ=YEARLY'))).toEqual([
      '2026-12-31/2027-01-01',
      '2027-12-31/2028-01-01',
      '2028-12-31/2029-01-01',
    ]);
    expect(
      datesOf(
        holiday('20201225', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20271225', 'RDATE;VALUE=DATE:20270704'),
      ),
    ).toEqual(['2027-07-04', '2028-12-25']);
  });

  test.each([
    'FREQ=MONTHLY',
    'FREQ=DAILY',
    'FREQ=YEARLY;BYWEEKNO=20',
    'FREQ=YEARLY;BYDAY=20MO',
    'FREQ=YEARLY;COUNT=9999',
  ])('is skipped where its rule is %s', (rule) => {
    expect(reasonsOf(holiday('20270101', `RRULE:${rule}`))).toEqual(['unsupported_recurrence']);
  });
});

test('skips what is not all day, cancelled, nameless, or on a date that does not exist', () => {
  expect(
    reasonsOf(
      ['DTSTART:20270101T090000Z', 'SUMMARY:Timed'],
      ['SUMMARY:No start'],
      holiday('20270101', 'STATUS:CANCELLED'),
      ['DTSTART;VALUE=DATE:20270101', 'SUMMARY: '],
      holiday('20270230'),
      holiday('20270101', 'DTEND;VALUE=DATE:20290101'),
    ),
  ).toEqual(['not_all_day', 'not_all_day', 'cancelled', 'no_name', 'unreadable_dates', 'unreadable_dates']);
});

test('reads names with escapes and folds, in one line of at most 200 characters', () => {
  const name = readHolidays(
    ics(['DTSTART;VALUE=DATE:20270101', 'SUMMARY:New\\, Year\\;\\n', ' ’s Day']),
    PERIOD,
  ).holidays[0]?.name;
  expect(name).toBe('New, Year; ’s Day');
  const long = readHolidays(ics(['DTSTART;VALUE=DATE:20270101', `SUMMARY:${'x'.repeat(199)}🎄🎄`]), PERIOD);
  expect(long.holidays[0]?.name).toBe('x'.repeat(199));
});

test('gives each holiday once, by start, from several calendars in one text', () => {
  const one = ics(holiday('20271225'), holiday('20270101'), holiday('20271225'));
  expect(readHolidays(one + one, PERIOD).holidays.map(({ startDate }) => startDate)).toEqual([
    '2027-01-01',
    '2027-12-25',
  ]);
});

test.each([
  '',
  'garbage',
  'BEGIN:VEVENT\r\nEND:VEVENT\r\n',
  'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n',
  ics(holiday('20270101', 'RRULE:FREQ=SOMETIMES')),
  ics(...Array.from({ length: 1_001 }, () => holiday('20270101'))),
])('refuses a text that it cannot read: %.40j', (text) => {
  expect(() => readHolidays(text, PERIOD)).toThrow();
});

test.each([
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=200',
  'FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO;BYSETPOS=366',
  'FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO;COUNT=200',
])('gives nothing where a rule leads nowhere: %s', (rule) => {
  expect(datesOf(holiday('19000101', `RRULE:${rule}`))).toEqual([]);
});

test('gives at most 500 holidays', () => {
  const rule = 'RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO,TU,WE,TH,FR,SA,SU';
  expect(() => readHolidays(ics(holiday('20270101', rule)), PERIOD)).toThrow('more than 500');
});

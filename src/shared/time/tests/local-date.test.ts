import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  dateOfWallMinute,
  datesFrom,
  dayOfWeek,
  formatMinuteOfDay,
  isBetween,
  minuteOfWallMinute,
  parseMinuteOfDay,
  wallMinute,
} from '../local-date.ts';

const date = fc.integer({ min: -30_000, max: 60_000 }).map((day) => addDays('1970-01-01', day));

describe('dates', () => {
  test('days are counted across months, years and leap days', () => {
    expect(addDays('2027-12-31', 1)).toBe('2028-01-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2027-03-01', -1)).toBe('2027-02-28');
    expect(addDays('2100-02-28', 1)).toBe('2100-03-01');
  });

  test('Monday is 1 and Sunday is 7, before 1970 too', () => {
    expect(datesFrom('2027-03-22', '2027-03-28').map(dayOfWeek)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(dayOfWeek('1969-12-31')).toBe(3);
    expect(dayOfWeek('1911-12-31')).toBe(7);
  });

  test('a walk holds both ends, and nothing when they are the wrong way round', () => {
    expect(datesFrom('2027-02-27', '2027-03-01')).toEqual(['2027-02-27', '2027-02-28', '2027-03-01']);
    expect(datesFrom('2027-03-01', '2027-03-01')).toEqual(['2027-03-01']);
    expect(datesFrom('2027-03-01', '2027-02-27')).toEqual([]);
  });

  test('a missing end leaves a range of dates open', () => {
    expect(isBetween('2027-03-22', '2027-03-22', '2027-03-22')).toBe(true);
    expect(isBetween('2027-03-22', null, null)).toBe(true);
    expect(isBetween('2027-03-22', '2027-03-23', null)).toBe(false);
    expect(isBetween('2027-03-22', null, '2027-03-21')).toBe(false);
  });

  test('dates compare as text in the order of the calendar, and weekdays follow one another', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: 1, max: 4000 }), (first, days) => {
        expect(first < addDays(first, days)).toBe(true);
        expect(addDays(addDays(first, days), -days)).toBe(first);
        expect(dayOfWeek(addDays(first, 1))).toBe((dayOfWeek(first) % 7) + 1);
      }),
    );
  });

  test('what is not a date is refused', () => {
    expect(() => addDays('tomorrow', 1)).toThrow(RangeError);
  });
});

describe('times of day', () => {
  test('every minute from 00:00 to 24:00 is read as it is written', () => {
    for (let minute = 0; minute <= 1440; minute += 1)
      expect(parseMinuteOfDay(formatMinuteOfDay(minute))).toBe(minute);
    expect([0, 545, 1439, 1440].map(formatMinuteOfDay)).toEqual(['00:00', '09:05', '23:59', '24:00']);
  });

  test.each(['24:01', '25:00', '9:00', '09:60', '09:00:00', ' 09:00', '', '-1:00'])(
    '%j is refused',
    (text) => {
      expect(() => parseMinuteOfDay(text)).toThrow(RangeError);
    },
  );

  test.each([-1, 1441, 0.5, Number.NaN])('minute %d is not written', (minute) => {
    expect(() => formatMinuteOfDay(minute)).toThrow(RangeError);
  });
});

describe('the wall clock as a number line', () => {
  test('a minute past the end of a date is a minute of the next', () => {
    expect(wallMinute('2027-03-22', 1440 + 90)).toBe(wallMinute('2027-03-23', 90));
    expect(dateOfWallMinute(wallMinute('2027-03-22', 1440))).toBe('2027-03-23');
  });

  test('date and time of day come back from it, before 1970 too', () => {
    fc.assert(
      fc.property(date, fc.nat(1439), (day, minute) => {
        expect(dateOfWallMinute(wallMinute(day, minute))).toBe(day);
        expect(minuteOfWallMinute(wallMinute(day, minute))).toBe(minute);
      }),
    );
  });
});

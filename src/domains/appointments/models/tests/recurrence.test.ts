import { describe, expect, test } from '@jest/globals';
import { parseRecurrence, RecurrenceRule, UnusableRecurrence } from '../recurrence.ts';

describe('a recurrence rule', () => {
  test('is read part by part, in any order and case', () => {
    expect(parseRecurrence('count=6;Freq=MONTHLY;BYDAY=2MO,-1fr,WE;INTERVAL=2')).toEqual({
      frequency: 'MONTHLY',
      interval: 2,
      count: 6,
      until: null,
      weekdays: [
        { day: 1, ordinal: 2 },
        { day: 5, ordinal: -1 },
        { day: 3, ordinal: null },
      ],
    });
  });

  test('ends on a local date, or at an instant', () => {
    expect(parseRecurrence('FREQ=DAILY;UNTIL=20280229').until).toEqual({ date: '2028-02-29' });
    expect(parseRecurrence('FREQ=DAILY;UNTIL=20270630T220000Z').until).toEqual({
      instant: new Date('2027-06-30T22:00:00Z'),
    });
  });

  test.each([
    ['', 'not supported'],
    ['FREQ=WEEKLY', 'must end'],
    ['COUNT=3', 'must name its FREQ'],
    ['FREQ=YEARLY;COUNT=3', 'not supported: FREQ=YEARLY'],
    ['FREQ=WEEKLY;COUNT=3;', 'not supported'],
    ['RRULE:FREQ=WEEKLY;COUNT=3', 'not supported'],
    ['FREQ=WEEKLY;COUNT=3;COUNT=4', 'names COUNT twice'],
    ['FREQ=WEEKLY;COUNT=3;UNTIL=20270630', 'both COUNT and UNTIL'],
    ['FREQ=WEEKLY;COUNT=0', 'from 1 to 52'],
    ['FREQ=WEEKLY;COUNT=53', 'from 1 to 52'],
    ['FREQ=WEEKLY;COUNT=3;INTERVAL=0', 'not supported: INTERVAL=0'],
    ['FREQ=WEEKLY;COUNT=3;BYDAY=2MO', 'only FREQ=MONTHLY can'],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=6MO', 'not supported: BYDAY=6MO'],
    ['FREQ=MONTHLY;COUNT=3;BYMONTHDAY=1', 'not supported: BYMONTHDAY=1'],
    ['FREQ=WEEKLY;UNTIL=20270229', 'no date'],
    ['FREQ=WEEKLY;UNTIL=20270228T250000Z', 'no time of day'],
    ['FREQ=WEEKLY;UNTIL=20270228T090000', 'not supported'],
  ])('%j is refused: %s', (text, reason) => {
    expect(() => parseRecurrence(text)).toThrow(UnusableRecurrence);
    expect(() => parseRecurrence(text)).toThrow(reason);
    expect(RecurrenceRule.safeParse(text).success).toBe(false);
  });
});

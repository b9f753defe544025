import { describe, expect, test } from '@jest/globals';
import { type YearlyRule, yearlyDates } from '../yearly-dates.ts';

const PERIOD = { from: '2027-01-01', to: '2028-12-31' };
const rule: YearlyRule = {
  interval: 1,
  count: undefined,
  until: undefined,
  months: [2],
  monthDays: [],
  weekdays: [],
  positions: [],
};

/** How many days `yearlyDates` looks at. */
const daysLookedAt = (fields: Partial<YearlyRule>): number => {
  let looks = 0;
  const counting: YearlyRule = {
    ...rule,
    ...fields,
    get monthDays() {
      looks += 1;
      return fields.monthDays ?? [];
    },
  };
  yearlyDates('1900-01-01', counting, PERIOD);
  return looks;
};

describe('the dates of a rule', () => {
  test('take no more work the longer it is counted', () => {
    const DAYS_OF_ALL_KINDS_OF_YEARS = 14 * 29;
    const read = daysLookedAt({ count: 200, monthDays: [30] });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(2 * DAYS_OF_ALL_KINDS_OF_YEARS);
  });

  test('follow leap years and weekdays over four centuries', () => {
    const whole = { from: '1900-01-01', to: '2299-12-31' };
    const leapDays = yearlyDates('1899-01-01', { ...rule, monthDays: [29] }, whole);
    expect(leapDays).toHaveLength(97);
    expect(leapDays).not.toContain('2100-02-29');
    const mondays = yearlyDates(
      '1899-01-01',
      { ...rule, months: [5], weekdays: [{ weekday: 1, nth: -1 }] },
      whole,
    );
    expect(mondays).toHaveLength(400);
    expect(
      mondays.every((date) => new Date(date).getUTCDay() === 1 && date >= `${date.slice(0, 4)}-05-25`),
    ).toBe(true);
  });
});

import type ICAL from 'ical.js';
import type { LocalDate } from '../../../shared/time/local-date.ts';
import type { WeekdayOfMonth, YearlyRule } from './yearly-dates.ts';

const PARTS = new Set(['BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYSETPOS']);
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
/** More repetitions than a holiday has. They are counted from the first, which takes time. */
const MAX_COUNT = 200;
const EARLIEST_COUNTED = '1900-01-01';

/** An RRULE of an event that starts on `first`, if it is one that holiday calendars use; nothing for any other. */
export const yearlyRuleOf = (recur: ICAL.Recur, first: LocalDate): YearlyRule | undefined => {
  const parts = recur.parts as Readonly<Record<string, readonly (number | string)[]>>;
  const names = Object.keys(parts);
  const months = numbersOf(parts['BYMONTH']);
  const isOfYear = months.length === 0 && names.length > 0;
  const isKnown = recur.freq === 'YEARLY' && names.every((name) => PARTS.has(name)) && !isOfYear;
  if (!isKnown || !isCountable(recur.count ?? 0, first, months)) return undefined;
  const weekdays = [...new Set(parts['BYDAY']?.map(String))].map(weekdayOf);
  const monthDays = numbersOf(parts['BYMONTHDAY']);
  return {
    interval: Math.max(1, recur.interval),
    count: recur.count ?? undefined,
    until: recur.until?.toString().slice(0, 10),
    months: months.length > 0 ? months : [Number(first.slice(5, 7))],
    monthDays: monthDays.length + weekdays.length > 0 ? monthDays : [Number(first.slice(8, 10))],
    weekdays,
    positions: numbersOf(parts['BYSETPOS']),
  };
};

const isCountable = (count: number, first: LocalDate, months: readonly number[]): boolean =>
  count === 0 || (count <= MAX_COUNT && first >= EARLIEST_COUNTED && months.length <= 1);

/** Each once, however often it was written. */
const numbersOf = (values: readonly (number | string)[] = []): number[] => [...new Set(values.map(Number))];

/** `TH`, `4TH`, `-1MO`. */
const weekdayOf = (text: string): WeekdayOfMonth => {
  const nth = text.slice(0, -2);
  return {
    weekday: WEEKDAYS.indexOf(text.slice(-2)) + 1,
    nth: nth === '' ? undefined : Number(nth),
  };
};

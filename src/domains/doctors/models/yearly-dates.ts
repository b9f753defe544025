import { dayOfWeek, type LocalDate } from '../../../shared/time/local-date.ts';

/** Dates, both included. */
export type Period = { readonly from: LocalDate; readonly to: LocalDate };

/** `nth` of the weekday (1 Monday … 7 Sunday) in its month, from the end if negative; every one of them without it. */
export type WeekdayOfMonth = { readonly weekday: number; readonly nth: number | undefined };

/** A recurrence of FREQ=YEARLY (RFC 5545, section 3.3.10), as holiday calendars use it. */
export type YearlyRule = {
  readonly interval: number;
  readonly count: number | undefined;
  readonly until: LocalDate | undefined;
  readonly months: readonly number[];
  /** Days of the month, from its end if negative; an empty list leaves every day. */
  readonly monthDays: readonly number[];
  readonly weekdays: readonly WeekdayOfMonth[];
  /** Which of a year's dates count, from their end if negative; an empty list leaves all. */
  readonly positions: readonly number[];
};

/**
 * The dates of `rule` in `period`, ascending. `first` is the date that it counts from, and always one of them. A date
 * that a year does not have, such as 29 February, is left out of that year. Every kind of year is worked out once.
 */
export const yearlyDates = (first: LocalDate, rule: YearlyRule, period: Period): LocalDate[] => {
  const last = rule.until !== undefined && rule.until < period.to ? rule.until : period.to;
  const found: LocalDate[] = [];
  const isSkippable = rule.count === undefined;
  const datesOfYear = datesOfYears(rule);
  for (let year = yearOf(first); year <= yearOf(last); year += rule.interval) {
    if (isSkippable && year < yearOf(period.from)) continue;
    const dates = datesOfYear(year).filter((date) => date > first && date <= last);
    found.push(...dates);
    if (rule.count !== undefined && found.length >= rule.count - 1) break;
  }
  return [first, ...found]
    .slice(0, rule.count)
    .filter((date) => date >= period.from && date <= period.to && date <= last);
};

/** There are 14 kinds of years: common and leap ones that begin on each of the weekdays. Those of a kind share their dates. */
const datesOfYears = (rule: YearlyRule): ((year: number) => LocalDate[]) => {
  const known = new Map<string, readonly MonthAndDay[]>();
  return (year) => {
    const kind = kindOf(year);
    const dates = known.get(kind) ?? datesOf(year, rule);
    known.set(kind, dates);
    return dates.map((date) => `${fourDigits(year)}-${date}`);
  };
};

/** Years of a kind have the same weekdays on the same dates: a date moves on by one weekday a year, and one more after a leap day. */
const kindOf = (year: number): string => {
  const leapDays = leapYearsBefore(year);
  return `${(year + leapDays) % 7}/${leapYearsBefore(year + 1) - leapDays}`;
};

const leapYearsBefore = (year: number): number =>
  Math.floor((year - 1) / 4) - Math.floor((year - 1) / 100) + Math.floor((year - 1) / 400);

const datesOf = (year: number, rule: YearlyRule): MonthAndDay[] => {
  const dates = rule.months.toSorted((a, b) => a - b).flatMap((month) => datesOfMonth(year, month, rule));
  if (rule.positions.length === 0) return dates;
  return dates.filter((_date, index) => isNamed(rule.positions, index + 1, dates.length));
};

const datesOfMonth = (year: number, month: number, rule: YearlyRule): MonthAndDay[] => {
  const start = twoDigits(month);
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const firstWeekday = dayOfWeek(`${fourDigits(year)}-${start}-01`);
  const dates: MonthAndDay[] = [];
  for (let day = 1; day <= length; day++) {
    const weekday = ((firstWeekday + day - 2) % 7) + 1;
    if (isDayOf(rule, { day, weekday, length })) dates.push(`${start}-${twoDigits(day)}`);
  }
  return dates;
};

/** 'MM-DD'. */
type MonthAndDay = string;

type Day = { readonly day: number; readonly weekday: number; readonly length: number };

const isDayOf = ({ monthDays, weekdays }: YearlyRule, { day, weekday, length }: Day): boolean =>
  (monthDays.length === 0 || isNamed(monthDays, day, length)) &&
  (weekdays.length === 0 ||
    weekdays.some(
      (wanted) =>
        wanted.weekday === weekday &&
        (wanted.nth === undefined ||
          isNamed([wanted.nth], Math.ceil(day / 7), Math.ceil(day / 7) + Math.floor((length - day) / 7))),
    ));

/** Whether one of `numbers`, counted from the start or, negative, from the end, is `number` of `total`. */
const isNamed = (numbers: readonly number[], number: number, total: number): boolean =>
  numbers.includes(number) || numbers.includes(number - total - 1);

const twoDigits = (value: number): string => String(value).padStart(2, '0');
const fourDigits = (year: number): string => String(year).padStart(4, '0');
const yearOf = (date: LocalDate): number => Number(date.slice(0, 4));

import {
  addDays,
  datesFrom,
  dayOfWeek,
  type LocalDate,
  type WallMinute,
  wallMinute,
} from '../../../shared/time/local-date.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import {
  dateOccurs,
  instantAtWallMinute,
  localDateAt,
  minuteOfDayAt,
} from '../../../shared/time/wall-clock.ts';
import {
  demandFewEnough,
  MAX_OCCURRENCES,
  type Recurrence,
  UnusableRecurrence,
  type Weekday,
} from './recurrence.ts';

/** One visit of a series: the wall clock that it keeps to, and the instant at which it starts. */
export type Occurrence = { readonly wall: WallMinute; readonly startsAt: Date };

const MAX_YEARS = 10;
/** Years in which a series can begin, so that all of its dates have four digits. */
const YEARS = { first: '1970', last: '9980' };

/**
 * The occurrences of a rule whose first starts at `startsAt`: the same time of day in `timezone` (IANA), whatever a DST
 * change does to the hours between. A time that is skipped moves forward by the gap, one that occurs twice means the
 * first; a month without the day of the first has none (RFC 5545, section 3.3.10). Throws {@link UnusableRecurrence} if
 * the rule gives no or too many occurrences, or does not give `startsAt` itself.
 */
export const occurrencesOf = (
  recurrence: Recurrence,
  { startsAt, timezone }: { startsAt: Date; timezone: string },
): Occurrence[] => {
  const start = startsAt.getTime();
  const first = localDateAt(timezone, start);
  if (first < YEARS.first || first > YEARS.last) {
    throw new UnusableRecurrence(`must begin between ${YEARS.first} and ${YEARS.last}`);
  }
  const minute = minuteOfDayAt(timezone, start);
  const occurrences: Occurrence[] = [];
  for (const date of datesOf(recurrence, first)) {
    if (!dateOccurs(timezone, date)) continue;
    const wall = wallMinute(date, minute);
    const instant = date === first ? start : instantAtWallMinute(timezone, wall) + (start % MINUTE_MS);
    if (isPast(recurrence, date, instant)) break;
    occurrences.push({ wall, startsAt: new Date(instant) });
    if (occurrences.length === (recurrence.count ?? MAX_OCCURRENCES + 1)) break;
  }
  demandComplete(recurrence, occurrences, startsAt);
  return occurrences;
};

const isPast = ({ until }: Recurrence, date: LocalDate, instant: number): boolean => {
  if (until === null) return false;
  return 'date' in until ? date > until.date : instant > until.instant.getTime();
};

const demandComplete = ({ count }: Recurrence, occurrences: readonly Occurrence[], startsAt: Date): void => {
  const [first] = occurrences;
  if (first?.startsAt.getTime() !== startsAt.getTime()) {
    throw new UnusableRecurrence('must give startsAt itself as its first occurrence');
  }
  demandFewEnough(occurrences.length);
  if (count !== null && occurrences.length < count) {
    throw new UnusableRecurrence(`must end within ${MAX_YEARS} years`);
  }
};

/** The dates of a rule from `first` on, ascending, for some years. */
function* datesOf(recurrence: Recurrence, first: LocalDate): Generator<LocalDate> {
  const last = `${Number(first.slice(0, 4)) + MAX_YEARS}${first.slice(4)}`;
  for (let step = 0; ; step += recurrence.interval) {
    const period = periodOf(recurrence, first, step);
    if (period.every((date) => date > last)) return;
    yield* datesWithin(period, recurrence, first).filter((date) => date >= first);
  }
}

/** The dates of the day, of the week from Monday on, or of the month that is `step` such after the one of `first`. */
const periodOf = ({ frequency }: Recurrence, first: LocalDate, step: number): LocalDate[] => {
  switch (frequency) {
    case 'DAILY':
      return [addDays(first, step)];
    case 'WEEKLY': {
      const monday = addDays(first, 1 - dayOfWeek(first) + 7 * step);
      return datesFrom(monday, addDays(monday, 6));
    }
    case 'MONTHLY':
      return datesFrom(firstOfMonth(first, step), addDays(firstOfMonth(first, step + 1), -1));
  }
};

const firstOfMonth = (date: LocalDate, monthsLater: number): LocalDate => {
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + monthsLater;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-01`;
};

const datesWithin = (
  period: readonly LocalDate[],
  { frequency, weekdays }: Recurrence,
  first: LocalDate,
): LocalDate[] => {
  if (weekdays.length > 0) {
    return [...new Set(weekdays.flatMap((weekday) => datesOn(period, weekday)))].toSorted();
  }
  switch (frequency) {
    case 'DAILY':
      return [...period];
    case 'WEEKLY':
      return datesOn(period, { day: dayOfWeek(first), ordinal: null });
    case 'MONTHLY':
      return period.filter((date) => date.slice(8) === first.slice(8));
  }
};

const datesOn = (period: readonly LocalDate[], { day, ordinal }: Weekday): LocalDate[] => {
  const dates = period.filter((date) => dayOfWeek(date) === day);
  if (ordinal === null) return dates;
  const date = dates.at(ordinal > 0 ? ordinal - 1 : ordinal);
  return date === undefined ? [] : [date];
};

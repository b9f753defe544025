import { type Interval, isEmpty } from '../../../shared/time/interval.ts';
import { addDays, type LocalDate } from '../../../shared/time/local-date.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import { instantAt, localDateAt } from '../../../shared/time/wall-clock.ts';
import { workingSessions } from '../../doctors/index.ts';
import type { ReportedHours } from './reported-hours.ts';

/** Hours of a doctor, and since when they are these. */
export type HoursSince = { readonly since: Date; readonly hours: ReportedHours };

/** How long a doctor works on a date at a place; null is any place. */
export type WorkingDay = {
  readonly localDate: LocalDate;
  readonly locationId: string | null;
  readonly minutes: number;
};

/**
 * How long a doctor works on each date from `first` to `last`, as the calendar of `timezone` (the clinic's) has them, by
 * the hours as they stood when the date ended. `changes` are in the order in which they happened; before the first of
 * them nothing is known, and nothing answered. Dates without work are left out.
 */
export const workingDays = (
  changes: readonly HoursSince[],
  timezone: string,
  { first, last }: { readonly first: LocalDate; readonly last: LocalDate },
): WorkingDay[] =>
  changes.flatMap(({ since, hours }, at) => {
    const next = changes[at + 1];
    const from = later(first, localDateAt(timezone, since.getTime()));
    const until = next ? earlier(last, addDays(localDateAt(timezone, next.since.getTime()), -1)) : last;
    return from > until ? [] : daysOf(hours, timezone, from, until);
  });

const later = (a: LocalDate, b: LocalDate) => (a > b ? a : b);
const earlier = (a: LocalDate, b: LocalDate) => (a < b ? a : b);

const daysOf = (hours: ReportedHours, timezone: string, from: LocalDate, until: LocalDate): WorkingDay[] => {
  const window = { start: instantAt(timezone, from, 0), end: instantAt(timezone, addDays(until, 1), 0) };
  const days = new Map<string, { localDate: LocalDate; locationId: string | null; minutes: number }>();
  for (const session of workingSessions(hours, window)) {
    for (const { localDate, minutes } of byDate(session, timezone, window)) {
      const key = `${localDate} ${session.locationId ?? ''}`;
      const day = days.get(key) ?? { localDate, locationId: session.locationId, minutes: 0 };
      days.set(key, { ...day, minutes: day.minutes + minutes });
    }
  }
  return [...days.values()];
};

/** The minutes of a session on each date of the clinic's calendar that it touches within `window`. */
const byDate = (session: Interval, timezone: string, window: Interval) => {
  const parts: { localDate: LocalDate; minutes: number }[] = [];
  const start = Math.max(session.start, window.start);
  const end = Math.min(session.end, window.end);
  for (let at = start; !isEmpty({ start: at, end });) {
    const localDate = localDateAt(timezone, at);
    const until = Math.min(end, instantAt(timezone, addDays(localDate, 1), 0));
    parts.push({ localDate, minutes: Math.round((until - at) / MINUTE_MS) });
    at = until;
  }
  return parts;
};

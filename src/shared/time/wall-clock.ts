import { Temporal } from 'temporal-polyfill';
import { lastUsed } from '../utils/last-used.ts';
import type { Interval } from './interval.ts';
import { pointsEvery } from './interval.ts';
import { dateOfWallMinute, formatMinuteOfDay, minuteOfWallMinute, wallMinute } from './local-date.ts';
import type { LocalDate, MinuteOfDay, WallMinute } from './local-date.ts';
import { DAY_MS, MINUTE_MS, MINUTES_PER_DAY } from './units.ts';
import { offsetStretchAt } from './zone-offset.ts';

const instants = lastUsed<number>(50_000);

/** Whether `name` is a zone of the IANA database, in any case. Offsets such as '+02:00' are not: they know no DST. */
export const isTimeZone = (name: string): boolean => {
  if (/^[+-]/.test(name)) return false;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId.length > 0;
  } catch {
    return false;
  }
};

/**
 * The instant, in epoch milliseconds, at which clocks in `timezone` show `minute` of `date`; from 1440 on, of the dates
 * after it. A time that is skipped moves forward by the gap, one that occurs twice means the first: "compatible"
 * disambiguation (RFC 5545, section 3.3.5; Temporal). Throws a RangeError for an unknown zone.
 */
export const instantAt = (timezone: string, date: LocalDate, minute: MinuteOfDay): number =>
  instantAtWallMinute(timezone, wallMinute(date, minute));

/** `instantAt`, for a point on the wall clock's number line. */
export const instantAtWallMinute = (timezone: string, minute: WallMinute): number => {
  const key = `${minute} ${timezone}`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  const instant = Temporal.Instant.fromEpochMilliseconds(minute * MINUTE_MS)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime()
    .toZonedDateTime(timezone, { disambiguation: 'compatible' }).epochMilliseconds;
  instants.set(key, instant);
  return instant;
};

/** Whether `date` occurs in `timezone`: Samoa went from 2011-12-29 straight to the 31st. */
export const dateOccurs = (timezone: string, date: LocalDate): boolean =>
  instantAt(timezone, date, 0) < instantAt(timezone, date, MINUTES_PER_DAY);

/** The date that calendars in `timezone` show at `instant` (epoch milliseconds). */
export const localDateAt = (timezone: string, instant: number): LocalDate =>
  dateOfWallMinute(wallMinuteAt(timezone, instant));

/** The time of day, 0 to 1439, that clocks in `timezone` show at `instant` (epoch milliseconds); seconds are dropped. */
export const minuteOfDayAt = (timezone: string, instant: number): MinuteOfDay =>
  minuteOfWallMinute(wallMinuteAt(timezone, instant));

/** Date and time in `timezone` at `instant` (epoch milliseconds), as 'YYYY-MM-DDTHH:mm'; seconds are dropped. */
export const localTimeAt = (timezone: string, instant: number): string => {
  const minute = wallMinuteAt(timezone, instant);
  return `${dateOfWallMinute(minute)}T${formatMinuteOfDay(minuteOfWallMinute(minute))}`;
};

/**
 * The instants of `window` (epoch milliseconds) at which clocks in `timezone` show a multiple of `stepMinutes` since
 * midnight, ascending. A skipped time gives none and a repeated one two; the count starts anew at each midnight.
 */
export const clockTicks = (timezone: string, window: Interval, stepMinutes: number): number[] => {
  const ticks: number[] = [];
  let instant = window.start;
  while (instant < window.end) {
    const { end, offsetMs } = offsetStretchAt(timezone, instant);
    const midnight = Math.floor((instant + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
    const until = Math.min(window.end, end, midnight + DAY_MS);
    ticks.push(...pointsEvery(stepMinutes * MINUTE_MS, midnight, { start: instant, end: until }));
    instant = until;
  }
  return ticks;
};

const wallMinuteAt = (timezone: string, instant: number): WallMinute =>
  Math.floor((instant + offsetStretchAt(timezone, instant).offsetMs) / MINUTE_MS);

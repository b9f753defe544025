import type { Interval } from '../../../shared/time/interval.ts';
import { isEmpty, merge, overlaps, subtract } from '../../../shared/time/interval.ts';
import type { LocalDate, MinuteOfDay } from '../../../shared/time/local-date.ts';
import {
  addDays,
  dateOfWallMinute,
  datesFrom,
  dayOfWeek,
  isBetween,
  wallMinute,
} from '../../../shared/time/local-date.ts';
import { MINUTES_PER_DAY } from '../../../shared/time/units.ts';
import { dateOccurs, instantAtWallMinute, localDateAt } from '../../../shared/time/wall-clock.ts';

/** Hours on the wall clock of one date: `endMinute` ≤ `startMinute` runs into the next date, 1440 is midnight at the end. */
export type Hours = { readonly startMinute: MinuteOfDay; readonly endMinute: MinuteOfDay };

/** Hours of one weekday (1 for Monday to 7), in effect from and to the dates given, both included; null is always. */
export type WeeklyRule = Hours & {
  readonly dayOfWeek: number;
  readonly locationId: string | null;
  /** The services that these hours are for; null is all. */
  readonly serviceIds: readonly string[] | null;
  readonly effectiveFrom: LocalDate | null;
  readonly effectiveTo: LocalDate | null;
};

/** What takes the place of the weekly rules from `startDate` to `endDate`, both included. */
export type AvailabilityOverride = {
  readonly startDate: LocalDate;
  readonly endDate: LocalDate;
  readonly kind: 'unavailable' | 'custom';
  /** The hours of each date; only `custom` has any. */
  readonly intervals: readonly Hours[];
};

/** Whole dates, both included, on which a location is closed; null is every location, and work that has none. */
export type Closure = {
  readonly startDate: LocalDate;
  readonly endDate: LocalDate;
  readonly locationId: string | null;
};

/** All that decides when a doctor works, read on the wall clock of `timezone` (IANA). */
export type Schedule = {
  readonly timezone: string;
  readonly rules: readonly WeeklyRule[];
  readonly overrides: readonly AvailabilityOverride[];
  readonly closures: readonly Closure[];
  /** Instants (epoch milliseconds) at which the doctor is away, whatever the hours say. */
  readonly absences?: readonly Interval[];
};

/** Unbroken working time at one location, in epoch milliseconds. `localDate` is the date on which it starts. */
export type Session = Interval & { readonly localDate: LocalDate; readonly locationId: string | null };

/** Working hours in wall-clock minutes since 1970. */
type WallHours = Interval & { readonly locationId: string | null };

/**
 * Every session that overlaps `window` (epoch milliseconds), whole, ascending by start. With `serviceId`, only the hours
 * in which that service is given. Sessions of two dates or two locations stay apart even where they overlap.
 */
export const workingSessions = (schedule: Schedule, window: Interval, serviceId?: string): Session[] => {
  const hours = datesAround(window, schedule.timezone).flatMap((date) => hoursOn(date, schedule, serviceId));
  const locations = [...new Set(hours.map(({ locationId }) => locationId))];
  return locations
    .flatMap((locationId) =>
      sessionsAt(locationId, openHours(hours, locationId, schedule), schedule.timezone),
    )
    .flatMap((session) => present(session, schedule))
    .filter((session) => overlaps(session, window))
    .sort((a, b) => a.start - b.start || a.end - b.end);
};

/** What absences leave of a session. */
const present = (session: Session, { absences = [] }: Schedule): Session[] =>
  subtract(session, merge(absences)).map((left) => ({ ...session, ...left }));

/**
 * The dates whose hours may reach into `window`. Hours run into the next date, a closure can leave only that part of
 * them, and a zone can skip a date: three dates before. Clocks set back at midnight show a date again: one after.
 */
const datesAround = (window: Interval, timezone: string): LocalDate[] =>
  datesFrom(addDays(localDateAt(timezone, window.start), -3), addDays(localDateAt(timezone, window.end), 1));

const hoursOn = (date: LocalDate, schedule: Schedule, serviceId: string | undefined): WallHours[] => {
  const overrides = schedule.overrides.filter(({ startDate, endDate }) =>
    isBetween(date, startDate, endDate),
  );
  if (overrides.some(({ kind }) => kind === 'unavailable')) return [];
  if (overrides.length > 0)
    return overrides.flatMap(({ intervals }) => intervals.map((hours) => wallHours(date, hours, null)));
  const weekday = dayOfWeek(date);
  return schedule.rules
    .filter((rule) => rule.dayOfWeek === weekday && isBetween(date, rule.effectiveFrom, rule.effectiveTo))
    .filter(
      ({ serviceIds }) => serviceId === undefined || serviceIds === null || serviceIds.includes(serviceId),
    )
    .map((rule) => wallHours(date, rule, rule.locationId));
};

const wallHours = (
  date: LocalDate,
  { startMinute, endMinute }: Hours,
  locationId: string | null,
): WallHours => ({
  start: wallMinute(date, startMinute),
  end: wallMinute(date, endMinute > startMinute ? endMinute : endMinute + MINUTES_PER_DAY),
  locationId,
});

/** The hours at one location without its closures, still on the wall clock. */
const openHours = (
  hours: readonly WallHours[],
  locationId: string | null,
  { closures }: Schedule,
): Interval[] => {
  const closed = merge(
    closures
      .filter((closure) => closure.locationId === null || closure.locationId === locationId)
      .map(({ startDate, endDate }) => ({
        start: wallMinute(startDate, 0),
        end: wallMinute(endDate, MINUTES_PER_DAY),
      })),
  );
  return hours.filter((each) => each.locationId === locationId).flatMap((each) => subtract(each, closed));
};

/** Hours that start on a date which the zone skips are not worked; neither are those that end up empty in a DST gap. */
const sessionsAt = (locationId: string | null, hours: readonly Interval[], timezone: string): Session[] => {
  const byDate = new Map<LocalDate, Interval[]>();
  for (const { start, end } of hours) {
    const localDate = dateOfWallMinute(start);
    const worked = { start: instantAtWallMinute(timezone, start), end: instantAtWallMinute(timezone, end) };
    if (isEmpty(worked) || !dateOccurs(timezone, localDate)) continue;
    byDate.set(localDate, [...(byDate.get(localDate) ?? []), worked]);
  }
  return [...byDate].flatMap(([localDate, worked]) =>
    merge(worked).map((interval) => ({ ...interval, localDate, locationId })),
  );
};

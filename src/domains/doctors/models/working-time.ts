import type { Interval } from '../../../shared/time/interval.ts';
import { isEmpty, merge, overlaps, subtract } from '../../../shared/time/interval.ts';
import type { LocalDate, MinuteOfDay } from '../../../shared/time/local-date.ts';
import { addDays, datesFrom, dayOfWeek, isBetween } from '../../../shared/time/local-date.ts';
import { MINUTES_PER_DAY } from '../../../shared/time/units.ts';
import { dateOccurs, instantAt, localDateAt } from '../../../shared/time/wall-clock.ts';

/** Hours on the wall clock of one date: `endMinute` ≤ `startMinute` runs into the next date, 1440 is midnight at the end. */
export type Hours = { readonly startMinute: MinuteOfDay; readonly endMinute: MinuteOfDay };

/** Null is wherever the visit is. */
type PlacedHours = Hours & { readonly locationId: string | null };

/** Hours of one weekday (1 for Monday to 7), in effect from and to the dates given, both included; null is always. */
export type WeeklyRule = PlacedHours & {
  readonly dayOfWeek: number;
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
  readonly intervals: readonly PlacedHours[];
};

/** Whole dates, both included, on which a location is closed; null is every location, and work that has none. */
export type Closure = {
  readonly startDate: LocalDate;
  readonly endDate: LocalDate;
  readonly locationId: string | null;
  /** Whose midnights begin and end it (IANA): the location's. Null is the doctor's, as for a closure of every location. */
  readonly timezone: string | null;
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

/**
 * Every session that overlaps `window` (epoch milliseconds), whole, ascending by start. With `serviceId`, only the hours
 * in which that service is given. Sessions of two dates or two locations stay apart even where they overlap.
 */
export const workingSessions = (schedule: Schedule, window: Interval, serviceId?: string): Session[] => {
  const { timezone } = schedule;
  const worked = datesAround(window, timezone).flatMap((date) => workedOn(date, schedule, serviceId));
  const locations = [...new Set(worked.map(({ locationId }) => locationId))];
  return locations
    .flatMap((locationId) => {
      const closed = closedTime(schedule, locationId);
      return sessionsOf(
        locationId,
        worked
          .filter((session) => session.locationId === locationId)
          .flatMap((session) => openParts(session, closed, timezone)),
      );
    })
    .flatMap((session) => present(session, schedule))
    .filter((session) => overlaps(session, window))
    .sort((a, b) => a.start - b.start || a.end - b.end);
};

/** What absences leave of a session. */
const present = (session: Session, { absences = [] }: Schedule): Session[] =>
  subtract(session, merge(absences)).map((left) => ({ ...session, ...left }));

/** When a location is closed, in epoch milliseconds: ascending and merged. Null is work that has no location. */
export const closedTime = (
  { closures, timezone }: Pick<Schedule, 'closures' | 'timezone'>,
  locationId: string | null,
): Interval[] =>
  merge(
    closures
      .filter((closure) => closure.locationId === null || closure.locationId === locationId)
      .map(({ startDate, endDate, timezone: zone }) => ({
        start: instantAt(zone ?? timezone, startDate, 0),
        end: instantAt(zone ?? timezone, endDate, MINUTES_PER_DAY),
      })),
  );

/**
 * The dates whose hours may reach into `window`. Hours run into the next date, a closure can leave only that part of
 * them, and a zone can skip a date: three dates before. Clocks set back at midnight show a date again: one after.
 */
const datesAround = (window: Interval, timezone: string): LocalDate[] =>
  datesFrom(addDays(localDateAt(timezone, window.start), -3), addDays(localDateAt(timezone, window.end), 1));

/**
 * What the hours of one date are in instants, closures aside. A date that the zone skips has none, and hours that end up
 * empty in a DST gap are not worked.
 */
const workedOn = (date: LocalDate, schedule: Schedule, serviceId: string | undefined): Session[] =>
  dateOccurs(schedule.timezone, date)
    ? hoursOn(date, schedule, serviceId)
        .map(({ locationId, startMinute, endMinute }) => ({
          start: instantAt(schedule.timezone, date, startMinute),
          end: instantAt(
            schedule.timezone,
            date,
            endMinute > startMinute ? endMinute : endMinute + MINUTES_PER_DAY,
          ),
          localDate: date,
          locationId,
        }))
        .filter((session) => !isEmpty(session))
    : [];

const hoursOn = (
  date: LocalDate,
  schedule: Schedule,
  serviceId: string | undefined,
): readonly PlacedHours[] => {
  const overrides = schedule.overrides.filter(({ startDate, endDate }) =>
    isBetween(date, startDate, endDate),
  );
  if (overrides.some(({ kind }) => kind === 'unavailable')) return [];
  if (overrides.length > 0) return overrides.flatMap(({ intervals }) => intervals);
  const weekday = dayOfWeek(date);
  return schedule.rules
    .filter((rule) => rule.dayOfWeek === weekday && isBetween(date, rule.effectiveFrom, rule.effectiveTo))
    .filter(
      ({ serviceIds }) => serviceId === undefined || serviceIds === null || serviceIds.includes(serviceId),
    );
};

/** What closures leave of a session. A part that begins later may begin on a later date. */
const openParts = (session: Session, closed: readonly Interval[], timezone: string): Session[] =>
  subtract(session, closed).map((part) => ({
    ...session,
    ...part,
    localDate: part.start === session.start ? session.localDate : localDateAt(timezone, part.start),
  }));

/** The parts at one location: those that start on one date and overlap or touch become one session. */
const sessionsOf = (locationId: string | null, parts: readonly Session[]): Session[] => {
  const byDate = new Map<LocalDate, Session[]>();
  for (const part of parts) byDate.set(part.localDate, [...(byDate.get(part.localDate) ?? []), part]);
  return [...byDate].flatMap(([localDate, ofDate]) =>
    merge(ofDate).map((interval) => ({ ...interval, localDate, locationId })),
  );
};

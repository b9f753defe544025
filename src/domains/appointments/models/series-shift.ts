import { parseMinuteOfDay, type WallMinute, wallMinute } from '../../../shared/time/local-date.ts';
import { instantAtWallMinute, localDateAt, minuteOfDayAt } from '../../../shared/time/wall-clock.ts';
import type { Appointment } from './appointment.ts';
import { occurrencesOf } from './occurrences.ts';
import { parseRecurrence } from './recurrence.ts';
import type { Series } from './series.ts';

type Visit = Pick<Appointment, 'startsAt' | 'timezone' | 'localStart' | 'series'>;

/** Where the first visit goes. Without `timezone` each stays on the wall clock on which it was booked. */
export type ShiftTarget = { readonly startsAt: Date; readonly timezone: string | undefined };

/**
 * The new starts of visits of a series when the first of them moves to `target`: each moves as far on the wall clock as
 * the first does. A visit that a DST change had pushed forward counts from the time that was meant.
 */
export const shiftedStarts = (
  series: Series,
  visits: readonly [Visit, ...Visit[]],
  { startsAt, timezone }: ShiftTarget,
): Date[] => {
  const meant = occurrencesOf(parseRecurrence(series.recurrence), series);
  const wallOf = ({ series: place, startsAt: start, localStart }: Visit): WallMinute => {
    const occurrence = meant[place?.index ?? -1];
    return occurrence?.startsAt.getTime() === start.getTime() ? occurrence.wall : wallOfLocalTime(localStart);
  };
  const [first] = visits;
  const stays =
    startsAt.getTime() === first.startsAt.getTime() && (timezone ?? first.timezone) === first.timezone;
  const shift = stays ? 0 : wallAt(timezone ?? first.timezone, startsAt) - wallOf(first);
  return visits.map((visit, at) =>
    at === 0 ? startsAt : new Date(instantAtWallMinute(timezone ?? visit.timezone, wallOf(visit) + shift)),
  );
};

const wallAt = (timezone: string, instant: Date): WallMinute =>
  wallMinute(localDateAt(timezone, instant.getTime()), minuteOfDayAt(timezone, instant.getTime()));

/** Reads 'YYYY-MM-DDTHH:mm'. */
const wallOfLocalTime = (local: string): WallMinute =>
  wallMinute(local.slice(0, 10), parseMinuteOfDay(local.slice(11)));

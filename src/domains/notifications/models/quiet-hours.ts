import { instantAt, localDateAt, minuteOfDayAt } from '../../../shared/time/wall-clock.ts';
import { addDays } from '../../../shared/time/local-date.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { QuietHours } from './preferences.ts';

/** A message about a visit that cannot wait until this long before it disturbs rather than comes too late. */
const NEEDED_BEFORE_VISIT_MINUTES = 30;

/** When the quiet hours in which `now` lies are over; nothing outside of them. Right across clock changes. */
const endOfQuiet = (
  { startTime, endTime }: QuietHours,
  timezone: string,
  now: number,
): number | undefined => {
  const minute = minuteOfDayAt(timezone, now);
  const isOvernight = endTime < startTime;
  const isQuiet = isOvernight
    ? minute >= startTime || minute < endTime
    : minute >= startTime && minute < endTime;
  if (!isQuiet) return undefined;
  const today = localDateAt(timezone, now);
  return instantAt(timezone, isOvernight && minute >= startTime ? addDays(today, 1) : today, endTime);
};

/**
 * When a message that is ready `now` may go out: at once, or after the quiet hours. What is about a visit that is too near to wait for
 * that goes out at once: it would be of no use any more.
 */
export const sendableAt = (
  now: Date,
  { quietHours, timezone }: { readonly quietHours: QuietHours | null; readonly timezone: string },
  visitStartsAt: Date | undefined,
): Date => {
  const end = quietHours && endOfQuiet(quietHours, timezone, now.getTime());
  if (end == null || end <= now.getTime()) return now;
  const latest = visitStartsAt && visitStartsAt.getTime() - NEEDED_BEFORE_VISIT_MINUTES * MINUTE_MS;
  return latest !== undefined && end > latest ? now : new Date(end);
};

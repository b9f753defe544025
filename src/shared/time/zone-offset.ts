import { Temporal } from 'temporal-polyfill';
import { lastUsed } from '../utils/last-used.ts';
import type { Interval } from './interval.ts';
import { DAY_MS } from './units.ts';

/** A stretch of instants through which a zone's wall clock is ahead of UTC by `offsetMs`. */
type OffsetStretch = Interval & { readonly offsetMs: number };

/** One UTC day of a zone: the same stretch twice, unless the offset changes within. */
type UtcDay = { readonly earlier: OffsetStretch; readonly later: OffsetStretch };

const utcDays = lastUsed<UtcDay>(20_000);

/** The stretch of one offset, within one UTC day, that holds `instant` (epoch milliseconds). Throws a RangeError for an unknown zone. */
export const offsetStretchAt = (timezone: string, instant: number): OffsetStretch => {
  const day = Math.floor(instant / DAY_MS);
  const key = `${day} ${timezone}`;
  let offsets = utcDays.get(key);
  if (offsets === undefined) {
    offsets = readUtcDay(timezone, { start: day * DAY_MS, end: (day + 1) * DAY_MS });
    utcDays.set(key, offsets);
  }
  return instant < offsets.earlier.end ? offsets.earlier : offsets.later;
};

/** Looking for a transition is dear, so it is only done on a day whose ends differ: no zone changes twice in one day. */
const readUtcDay = (timezone: string, { start, end }: Interval): UtcDay => {
  const first = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timezone);
  const offsetMs = offsetOf(first);
  const nextOffsetMs = offsetOf(Temporal.Instant.fromEpochMilliseconds(end).toZonedDateTimeISO(timezone));
  if (offsetMs === nextOffsetMs) {
    const whole = { start, end, offsetMs };
    return { earlier: whole, later: whole };
  }
  const change = first.getTimeZoneTransition('next')?.epochMilliseconds ?? end;
  return {
    earlier: { start, end: change, offsetMs },
    later: { start: change, end, offsetMs: nextOffsetMs },
  };
};

const offsetOf = (time: Temporal.ZonedDateTime): number => time.offsetNanoseconds / 1e6;

import { z } from 'zod';
import type { Interval } from '../../../shared/time/interval.ts';
import { addDays, type LocalDate } from '../../../shared/time/local-date.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import { instantAt } from '../../../shared/time/wall-clock.ts';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const GRAIN_MS = 5 * MINUTE_MS;
const MAX_DAYS = 366;

/** Time in which a doctor does not work: half open, `to` does not belong to it. */
export const Absence = z
  .object({
    id: Id,
    doctorId: Id,
    from: Instant,
    to: Instant,
    reason: text(500).nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'Absence' });
export type Absence = z.output<typeof Absence>;

/** One end of an absence as it is asked for: an instant, or a date on the doctor's calendar. */
export type AbsenceEnd = Date | LocalDate;

/** What cannot be an absence; `field` is the end that is at fault. */
export class UnusableAbsence extends Error {
  readonly field: 'from' | 'to';
  constructor(field: 'from' | 'to', message: string) {
    super(message);
    this.field = field;
  }
}

/**
 * The absence in epoch milliseconds. Two dates mean whole days in `timezone`, the last one included. Throws
 * {@link UnusableAbsence} for ends of two kinds or in the wrong order, for more than 366 days, and for what is over.
 */
export const absenceTime = (
  { from, to }: { readonly from: AbsenceEnd; readonly to: AbsenceEnd },
  timezone: string,
  now: number,
): Interval => {
  if (from instanceof Date !== to instanceof Date) {
    throw new UnusableAbsence('to', 'must be given as from is: both as instants, or both as dates');
  }
  const start = from instanceof Date ? from.getTime() : instantAt(timezone, from, 0);
  const end = to instanceof Date ? to.getTime() : instantAt(timezone, addDays(to, 1), 0);
  if (start >= end) {
    throw new UnusableAbsence('to', to instanceof Date ? 'must be after from' : 'must not be before from');
  }
  if (end - start > MAX_DAYS * DAY_MS) {
    throw new UnusableAbsence('to', `must be at most ${MAX_DAYS} days after from`);
  }
  if (end <= now) throw new UnusableAbsence('to', 'must be in the future');
  return { start, end };
};

/** What an absence takes of a calendar: it begins and ends at full five minutes, as everything there does. */
export const timeTaken = ({ from, to }: Pick<Absence, 'from' | 'to'>): Interval => ({
  start: Math.floor(from.getTime() / GRAIN_MS) * GRAIN_MS,
  end: Math.ceil(to.getTime() / GRAIN_MS) * GRAIN_MS,
});

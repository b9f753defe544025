import type { Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { addDays } from '../../../shared/time/local-date.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import type { Schedule } from '../models/working-time.ts';
import { listClosuresOn, listOverridesOn, listRules } from '../repositories/availability.repository.ts';

/** Hours of the dates before reach into a window, and its last date may begin within it. */
const DATES_BEFORE = 3;
const DATES_AFTER = 1;

/** All that decides when the doctor works inside `window` (epoch milliseconds). */
export const loadSchedule = async (
  db: Db,
  doctor: { readonly id: string; readonly timezone: string },
  window: Interval,
): Promise<Schedule> => {
  const dates = {
    first: addDays(localDateAt(doctor.timezone, window.start), -DATES_BEFORE),
    last: addDays(localDateAt(doctor.timezone, window.end), DATES_AFTER),
  };
  const [rules, overrides, closures] = await Promise.all([
    listRules(db, doctor.id),
    listOverridesOn(db, doctor.id, dates),
    listClosuresOn(db, dates),
  ]);
  return { timezone: doctor.timezone, rules, overrides, closures };
};

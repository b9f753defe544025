import type { Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { addDays } from '../../../shared/time/local-date.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import type { Schedule } from '../models/working-time.ts';
import { listAbsencesOn } from '../repositories/absence.repository.ts';
import { listOverridesOn } from '../repositories/availability-override.repository.ts';
import { listClosuresOn, listRules } from '../repositories/availability.repository.ts';

/** Hours of the dates before reach into a window, its last date may begin within it, and zones are up to a day apart. */
const DATES_BEFORE = 4;
const DATES_AFTER = 2;

/** The dates whose hours or closures may reach into `window` (epoch milliseconds), in any zone; both included. */
export const datesTouching = (window: Interval) => ({
  first: addDays(localDateAt('UTC', window.start), -DATES_BEFORE),
  last: addDays(localDateAt('UTC', window.end), DATES_AFTER),
});

type ZonedDoctor = { readonly id: string; readonly timezone: string };

/** All that decides when each of the doctors works inside `window` (epoch milliseconds), by doctor id. */
export const loadSchedules = async (
  db: Db,
  doctors: readonly ZonedDoctor[],
  window: Interval,
): Promise<Map<string, Schedule>> => {
  const ids = [...new Set(doctors.map(({ id }) => id))];
  const dates = datesTouching(window);
  const around = {
    start: window.start - DATES_BEFORE * DAY_MS,
    end: window.end + DATES_AFTER * DAY_MS,
  };
  const [rules, overrides, closures, absences] = await Promise.all([
    listRules(db, ids, { inUse: true }),
    listOverridesOn(db, ids, dates),
    listClosuresOn(db, dates),
    listAbsencesOn(db, ids, around),
  ]);
  const ofDoctor =
    (id: string) =>
    ({ doctorId }: { doctorId: string }) =>
      doctorId === id;
  return new Map(
    doctors.map(({ id, timezone }) => [
      id,
      {
        timezone,
        rules: rules.filter(ofDoctor(id)),
        overrides: overrides.filter(ofDoctor(id)),
        closures,
        absences: absences.filter(ofDoctor(id)),
      },
    ]),
  );
};

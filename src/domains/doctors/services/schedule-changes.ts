import type { Db, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { RequestCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { affectedBy, spanOf } from '../models/affected.ts';
import type { AffectedAppointment } from '../models/availability.ts';
import type { Closure, Schedule } from '../models/working-time.ts';
import { listZones } from '../repositories/availability.repository.ts';
import { announcedHours } from './announced-hours.ts';
import { loadSchedules } from './schedule.ts';

/** Visits that start from `from` on, before `to`, and concern any of what is named. */
export type VisitFilter = {
  readonly from: Date;
  readonly to?: Date | undefined;
  readonly doctorIds?: readonly string[] | undefined;
  readonly serviceId?: string | undefined;
  readonly locationId?: string | undefined;
  readonly roomId?: string | undefined;
};

/** What this domain asks of whoever keeps the appointments: visits that are still to come, by start. */
export type UpcomingVisits = (db: Db, filter: VisitFilter) => Promise<AffectedAppointment[]>;

export type ScheduleChangeDeps = { outbox: Outbox; clock: Clock; upcomingVisits: UpcomingVisits };
export type ScheduleChanges = ReturnType<typeof createScheduleChanges>;

/** Whose working time changes; `within` (epoch milliseconds) if not from now on for good. */
type Concerned = { readonly doctorIds: readonly string[]; readonly within?: Interval | undefined };

/** A visit lasts a day at most. */
const VISIT_MS = DAY_MS;

/** Changes to when doctors work, and which visits they leave outside of it. */
export const createScheduleChanges = ({ outbox, clock, upcomingVisits }: ScheduleChangeDeps) => {
  const visitsOf = (db: Db, within: Interval | undefined, doctorIds?: readonly string[]) => {
    const now = clock.now().getTime();
    return upcomingVisits(db, {
      from: new Date(Math.max(now, (within?.start ?? now) - VISIT_MS)),
      to: within && new Date(within.end),
      doctorIds,
    });
  };

  /** The schedules of those who have visits, around these visits. */
  const schedulesFor = async (
    db: Db,
    visits: readonly AffectedAppointment[],
  ): Promise<Map<string, Schedule>> => {
    if (visits.length === 0) return new Map();
    const doctorIds = [...new Set(visits.map(({ doctorId }) => doctorId))];
    return loadSchedules(db, await listZones(db, doctorIds), spanOf(visits));
  };

  return {
    /**
     * Makes a change to the hours of doctors whose rows the caller has locked for it, and tells of it. Bookings share
     * these locks: one that committed before is among those that are answered, one that comes after sees the new hours.
     */
    make: async (
      tx: Tx,
      ctx: Pick<RequestCtx, 'requestId'>,
      { doctorIds, within }: Concerned,
      write: () => Promise<unknown>,
    ): Promise<AffectedAppointment[]> => {
      const visits = await visitsOf(tx, within, doctorIds);
      const before = await schedulesFor(tx, visits);
      await write();
      const after = await schedulesFor(tx, visits);
      await outbox.publish(tx, ctx, ...(await announcedHours(tx, doctorIds, clock.now())));
      return affectedAmong(visits, before, after);
    },

    /** What closures that are not there yet would affect; locks and changes nothing. */
    preview: async (
      db: Db,
      closures: readonly Closure[],
      within: Interval,
    ): Promise<AffectedAppointment[]> => {
      const visits = await visitsOf(db, within);
      const before = await schedulesFor(db, visits);
      const after = new Map(
        [...before].map(([id, schedule]) => [
          id,
          { ...schedule, closures: [...schedule.closures, ...closures] },
        ]),
      );
      return affectedAmong(visits, before, after);
    },
  };
};

/** In the order of `visits`. */
const affectedAmong = (
  visits: readonly AffectedAppointment[],
  before: ReadonlyMap<string, Schedule>,
  after: ReadonlyMap<string, Schedule>,
): AffectedAppointment[] => {
  const affected = [...before].flatMap(([doctorId, schedule]) => {
    const then = after.get(doctorId);
    if (then === undefined) throw new Error('A schedule was asked for and not loaded');
    return affectedBy(
      visits.filter((visit) => visit.doctorId === doctorId),
      schedule,
      then,
    );
  });
  const ids = new Set(affected.map(({ id }) => id));
  return visits.filter(({ id }) => ids.has(id));
};

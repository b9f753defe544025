import type { Tx } from '../../../database/db.ts';
import { lockTenant } from '../../../database/tenant-lock.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { RequestCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { AffectedAppointment } from '../models/availability.ts';
import type { Closure } from '../models/closure.ts';
import { listDoctorsAt, lockDoctors } from '../repositories/availability.repository.ts';
import type { ScheduleChanges, UpcomingVisits } from './schedule-changes.ts';

export type PlaceChangeDeps = {
  clock: Clock;
  scheduleChanges: ScheduleChanges;
  upcomingVisits: UpcomingVisits;
};
export type PlaceChanges = ReturnType<typeof createPlaceChanges>;

type Closing = Pick<Closure, 'startDate' | 'endDate' | 'locationId'>;

/** The dates of closures as instants, wide enough for every zone (epoch milliseconds); at least one is given. */
export const spanOfDates = (closures: readonly Closing[]): Interval => ({
  start: Math.min(...closures.map(({ startDate }) => Date.parse(startDate))) - DAY_MS,
  end: Math.max(...closures.map(({ endDate }) => Date.parse(endDate))) + 2 * DAY_MS,
});

/** Changes to when places are open: they concern every doctor who works there. */
export const createPlaceChanges = ({ clock, scheduleChanges, upcomingVisits }: PlaceChangeDeps) => {
  /** Those who have hours at the locations, or visits; null is every location. */
  const doctorsAt = async (tx: Tx, all: readonly string[], locationIds: ReadonlySet<string | null>) => {
    if (locationIds.has(null)) return all;
    const there = new Set<string>();
    for (const locationId of locationIds) {
      if (locationId === null) continue;
      for (const id of await listDoctorsAt(tx, locationId)) there.add(id);
      const visits = await upcomingVisits(tx, { from: clock.now(), locationId });
      for (const { doctorId } of visits) there.add(doctorId);
    }
    return all.filter((id) => there.has(id));
  };

  /**
   * Locks every doctor of the clinic, also those whom a closure of one location does not concern: one of them may be
   * about to get hours there. The locks are taken in the order of ids, behind one row of the clinic, so that two such
   * changes never wait for each other.
   */
  const lock = async (tx: Tx): Promise<string[]> => {
    await lockTenant(tx, 'hours');
    return lockDoctors(tx);
  };

  return {
    lock,

    /** Adds, changes or removes closures, of which `closures` are all there were and will be. */
    close: async (
      tx: Tx,
      ctx: Pick<RequestCtx, 'requestId'>,
      closures: readonly Closing[],
      write: () => Promise<unknown>,
    ): Promise<AffectedAppointment[]> => {
      const locationIds = new Set(closures.map(({ locationId }) => locationId));
      const doctorIds = await doctorsAt(tx, await lock(tx), locationIds);
      return scheduleChanges.make(tx, ctx, { doctorIds, within: spanOfDates(closures) }, write);
    },

    /** Changes a location behind {@link lock}: its zone, which its closures follow, or whether it is in use. */
    changeLocation: async (
      tx: Tx,
      ctx: Pick<RequestCtx, 'requestId'>,
      locationId: string,
      write: () => Promise<unknown>,
    ): Promise<AffectedAppointment[]> => {
      const doctorIds = await doctorsAt(tx, await lockDoctors(tx), new Set([locationId]));
      return scheduleChanges.make(tx, ctx, { doctorIds }, write);
    },
  };
};

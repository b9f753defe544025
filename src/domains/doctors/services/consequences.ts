import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { lockTenant } from '../../../database/tenant-lock.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { AffectedAppointment, availabilityChanged } from '../models/availability.ts';
import type { Closure } from '../models/closure.ts';
import type { Doctor } from '../models/doctor.ts';
import type { Location } from '../models/location.ts';
import type { Room } from '../models/room.ts';
import type { Service } from '../models/service.ts';
import { doctorProblems } from '../problems.ts';
import { listDoctorsOffering } from '../repositories/bookable.repository.ts';
import type { Change, Consequences } from './catalogue.service.ts';
import type { PlaceChanges } from './place-changes.ts';
import type { ScheduleChanges, UpcomingVisits, VisitFilter } from './schedule-changes.ts';

export type ConsequenceDeps = {
  outbox: Outbox;
  clock: Clock;
  upcomingVisits: UpcomingVisits;
  scheduleChanges: ScheduleChanges;
  placeChanges: PlaceChanges;
};

type Usable = { readonly active: boolean };
type Visits = AffectedAppointment[];

/**
 * What goes with a change to what a clinic has set up. Nothing that an appointment to come names can be removed; it can
 * be taken out of use, and then these appointments are answered, and stay as they are.
 */
export const createConsequences = (deps: ConsequenceDeps) => {
  const { outbox, clock, upcomingVisits, scheduleChanges, placeChanges } = deps;

  const visitsWith = (tx: Tx, filter: Omit<VisitFilter, 'from'>): Promise<Visits> =>
    upcomingVisits(tx, { from: clock.now(), ...filter });

  /** The visits that lose what they name; refuses to remove what any names. */
  const losing = async (
    tx: Tx,
    { before, after }: Change<Usable>,
    filter: Omit<VisitFilter, 'from'>,
  ): Promise<Visits> => {
    if (!before || after?.active || (after && !before.active)) return [];
    const visits = await visitsWith(tx, filter);
    if (!after && visits.length > 0) throw stillBooked(visits);
    return visits;
  };

  const services: Consequences<Service> = {
    make: async (tx, ctx, change, write) => {
      const { before, after } = change;
      const lost = before ? await losing(tx, change, { serviceId: before.id }) : [];
      await write();
      if (before && changesSlots(before, after)) {
        const doctorIds = await listDoctorsOffering(tx, before.id);
        await outbox.publish(tx, ctx, ...doctorIds.map((id) => availabilityChanged(id)));
      }
      return lost;
    },
  };

  const rooms: Consequences<Room> = {
    make: async (tx, _ctx, change, write) => {
      const { before, after } = change;
      const moves = before && after && before.locationId !== after.locationId;
      const lost = moves
        ? await visitsWith(tx, { roomId: before.id })
        : before
          ? await losing(tx, change, { roomId: before.id })
          : [];
      await write();
      return lost;
    },
  };

  const locations: Consequences<Location> = {
    lock: async (tx, changes) => {
      const isOfHours = !changes || changes.timezone !== undefined || changes.active !== undefined;
      if (isOfHours) await placeChanges.lock(tx);
    },
    make: async (tx, ctx, change, write) => {
      const { before, after } = change;
      const isSame = before?.timezone === after?.timezone && before?.active === after?.active;
      if (!before || isSame) {
        await write();
        return [];
      }
      const lost = await losing(tx, change, { locationId: before.id });
      return union(lost, await placeChanges.changeLocation(tx, ctx, before.id, write));
    },
  };

  const closures: Consequences<Closure> = {
    make: async (tx, ctx, { before, after }, write) => {
      if (before && after && isSameTime(before, after)) {
        await write();
        return [];
      }
      const both = [before, after].filter((closure) => closure !== undefined);
      return placeChanges.close(tx, ctx, both, write);
    },
  };

  const doctors: Consequences<Doctor> = {
    make: async (tx, ctx, change, write) => {
      const { before, after } = change;
      if (!before) {
        await lockTenant(tx, 'hours');
        await write();
        return [];
      }
      if (after && isSameCalendar(before, after)) {
        await write();
        return [];
      }
      const doctorIds = [before.id];
      const lost = await losing(tx, change, { doctorIds });
      const dropped = (await visitsWith(tx, { doctorIds })).filter(
        ({ serviceId }) =>
          before.serviceIds.includes(serviceId) && after?.serviceIds.includes(serviceId) === false,
      );
      return union(lost, dropped, await scheduleChanges.make(tx, ctx, { doctorIds }, write));
    },
  };

  return { services, rooms, locations, closures, doctors };
};

const stillBooked = (visits: Visits): AppError =>
  new AppError(
    doctorProblems.still_booked,
    visits.length === 1
      ? '1 appointment to come needs it.'
      : `${visits.length} appointments to come need it.`,
    { extensions: { affectedAppointments: visits.map((visit) => AffectedAppointment.encode(visit)) } },
  );

/** Each once, by start. */
const union = (...lists: readonly Visits[]): Visits =>
  [...new Map(lists.flat().map((visit) => [visit.id, visit])).values()].sort(
    (a, b) => a.startsAt.getTime() - b.startsAt.getTime(),
  );

const slotFields = [
  'durationMinutes',
  'bufferBeforeMinutes',
  'bufferAfterMinutes',
  'slotIntervalMinutes',
  'capacity',
  'bookableByPatients',
  'active',
] as const satisfies (keyof Service)[];

const changesSlots = (before: Service, after: Service | undefined): boolean =>
  !after || slotFields.some((field) => before[field] !== after[field]);

const isSameTime = (one: Closure, other: Closure): boolean =>
  one.startDate === other.startDate && one.endDate === other.endDate && one.locationId === other.locationId;

const isSameCalendar = (one: Doctor, other: Doctor): boolean =>
  one.timezone === other.timezone &&
  one.active === other.active &&
  [...one.serviceIds].sort().join() === [...other.serviceIds].sort().join();

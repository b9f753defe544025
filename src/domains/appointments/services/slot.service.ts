import type { Database, Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Bookable, DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { openStartsOf } from '../models/group-visit.ts';
import { offeredSlots, sharedSlots, type Slot } from '../models/slots.ts';
import { type Asker, limitsOf, rulesOf, type WantedVisit } from '../models/visit-plan.ts';
import { findAppointment } from '../repositories/appointment.repository.ts';
import { readCalendars } from './calendars.ts';
import type { DoctorSlots } from '../validators/slots.ts';
import { demandSight } from './sight.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type SlotDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  doctors: DoctorsPort;
  planner: VisitPlanner;
};
export type SlotService = ReturnType<typeof createSlotService>;

/** How far around a taken slot alternatives are looked for: near first, since enough of them there are the nearest. */
const ALTERNATIVES_WITHIN_DAYS = [2, 14];
const ALTERNATIVES = 3;

/** `seats` is how many patients can still have it. */
export type BookableSlot = Slot & { readonly bookable: Bookable; readonly seats: number };

export const toOfferedSlot = ({ startsAt, endsAt, locationId }: Slot) => ({
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
  locationId,
});

/** The verbs that say what may be booked. They promise nothing: only the claims of a booking do. */
export const createSlotService = ({ database, clock, tenants, doctors, planner }: SlotDeps) => {
  /** The slots of many doctors and services, from one read each of hours and claims. */
  const slotsOf = async (
    db: Db,
    ctx: Asker,
    bookables: readonly Bookable[],
    {
      settings,
      window,
      except,
    }: { settings: BookingSettings; window: Interval; except?: string | undefined },
  ): Promise<BookableSlot[]> => {
    const sessions = await doctors.sessions(db, bookables, window);
    const span = {
      start: Math.min(window.start, ...sessions.flat().map(({ start }) => start)) - DAY_MS,
      end: Math.max(window.end, ...sessions.flat().map(({ end }) => end)) + DAY_MS,
    };
    const doctorIds = [...new Set(bookables.map(({ doctorId }) => doctorId))];
    const now = clock.now();
    const { groups, busy } = await readCalendars(db, doctorIds, span, { now, except });
    return bookables.flatMap((bookable, i) => {
      const query = {
        sessions: sessions[i] ?? [],
        busy: busy.get(bookable.doctorId) ?? [],
        rules: rulesOf(bookable, settings),
        from: window.start,
        to: window.end,
        ...limitsOf(ctx, settings, now.getTime()),
      };
      const free = offeredSlots(query);
      const openStarts = openStartsOf(groups, bookable);
      const shared = sharedSlots(query, openStarts.keys());
      const slots = shared.length === 0 ? free : [...free, ...shared].sort((a, b) => a.startsAt - b.startsAt);
      return slots.map((slot) => {
        const seats = openStarts.get(slot.startsAt) ?? bookable.capacity;
        return { ...slot, bookable, seats };
      });
    });
  };

  return {
    slotsOf,

    /** The slots of one doctor and service that any patient could book, with starts inside `window` (epoch milliseconds). */
    forPatients: (
      db: Db,
      bookable: Bookable,
      question: { settings: BookingSettings; window: Interval },
    ): Promise<Slot[]> => slotsOf(db, { role: 'patient' }, [bookable], question),

    /** The slots of several doctors and services that the clinic itself could book, in no order. */
    forClinic: (
      db: Db,
      bookables: readonly Bookable[],
      question: { settings: BookingSettings; window: Interval },
    ): Promise<BookableSlot[]> => slotsOf(db, { role: 'receptionist' }, bookables, question),

    ofDoctor: async (ctx: Ctx, doctorId: string, query: DoctorSlots) => {
      const db = database.read(ctx.tenantId);
      const { serviceId, rescheduleOf, from, to } = query;
      if (rescheduleOf !== undefined) demandSight(ctx, await findAppointment(db, rescheduleOf));
      const bookable = await planner.findBookable(db, ctx, { doctorId, serviceId });
      const settings = await tenants.settings(ctx.tenantId);
      const window = { start: from.getTime(), end: to.getTime() };
      const slots = await slotsOf(db, ctx, [bookable], { settings, window, except: rescheduleOf });
      return { data: slots.map(toOfferedSlot), timezone: query.timezone ?? bookable.timezone };
    },

    /** The free slots of the same doctor and service that are nearest to a wanted one. */
    alternatives: async (ctx: Ctx, { doctorId, serviceId, startsAt }: WantedVisit) => {
      const db = database.read(ctx.tenantId);
      const bookable = await planner.findBookable(db, ctx, { doctorId, serviceId });
      const settings = await tenants.settings(ctx.tenantId);
      const wanted = startsAt.getTime();
      let slots: BookableSlot[] = [];
      for (const days of ALTERNATIVES_WITHIN_DAYS) {
        const window = { start: wanted - days * DAY_MS, end: wanted + days * DAY_MS };
        slots = await slotsOf(db, ctx, [bookable], { settings, window });
        if (slots.length >= ALTERNATIVES) break;
      }
      return slots
        .sort(
          (a, b) => Math.abs(a.startsAt - wanted) - Math.abs(b.startsAt - wanted) || a.startsAt - b.startsAt,
        )
        .slice(0, ALTERNATIVES)
        .map((slot) => ({
          doctorId,
          startsAt: new Date(slot.startsAt).toISOString(),
          endsAt: new Date(slot.startsAt + bookable.durationMinutes * MINUTE_MS).toISOString(),
        }));
    },
  };
};

import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Database, Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { Encoded } from '../../../shared/types/encoded.ts';
import { jsonEncoder } from '../../../shared/utils/json-encoder.ts';
import type { Bookable } from '../../doctors/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import type { BookableSlot } from '../models/first-slots.ts';
import { nearestSlots } from '../models/nearest-slots.ts';
import type { OpenSlot, SlotDay } from '../models/slot-days.ts';
import type { Slot } from '../models/slots.ts';
import type { Asker, WantedVisit } from '../models/visit-plan.ts';
import { findAppointment } from '../repositories/appointment.repository.ts';
import { type DoctorSlots, OfferedSlot, OfferedSlots } from '../validators/slots.ts';
import { demandSight } from './sight.ts';
import { createSlotSearch, type SlotQuestion, type SlotSearchDeps } from './slot-search.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type SlotDeps = SlotSearchDeps & {
  database: Database;
  tenants: Pick<TenantsPort, 'settings'>;
  planner: VisitPlanner;
};
export type SlotService = ReturnType<typeof createSlotService>;

/** How far around a taken slot alternatives are looked for: near first, since enough of them there are the nearest. */
const ALTERNATIVES_WITHIN_DAYS = [2, 14];
const ALTERNATIVES = 3;

export const toOfferedSlot = ({ startsAt, endsAt, locationId }: Slot) => ({
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
  locationId,
});

const encodeSlots = jsonEncoder(z.array(OfferedSlot));
const encodeZone = jsonEncoder(OfferedSlots.shape.timezone);

type EncodedDay = { readonly text: string; readonly fingerprint: string };
const encodedDays = new WeakMap<SlotDay, EncodedDay>();

/** The slots of a day as they stand in a list. A day that is remembered is encoded once. */
const encodedDay = (day: SlotDay): EncodedDay => {
  const known = encodedDays.get(day);
  if (known) return known;
  const text = encodeSlots(day.map(toOfferedSlot)).slice(1, -1);
  const encoded = { text, fingerprint: hash('sha256', text, 'base64url') };
  encodedDays.set(day, encoded);
  return encoded;
};

const encodeAnswer = (days: readonly SlotDay[], timezone: string): Encoded<z.output<typeof OfferedSlots>> => {
  const encoded = days.filter(({ length }) => length > 0).map(encodedDay);
  const data = encoded.map(({ text }) => text).join(',');
  const fingerprint = encoded.map((day) => day.fingerprint).join('') + timezone;
  return new Encoded(`{"data":[${data}],"timezone":${encodeZone(timezone)}}`, fingerprint);
};

/** The verbs that say what may be booked. They promise nothing: only the claims of a booking do. */
export const createSlotService = (deps: SlotDeps) => {
  const { database, tenants, planner } = deps;
  const { slotDays } = createSlotSearch(deps);

  /** What the caller could book of many doctors and services, in no order. */
  const slotsOf = async (
    db: Db,
    asker: Asker,
    bookables: readonly Bookable[],
    question: SlotQuestion,
  ): Promise<BookableSlot[]> => {
    const found = await slotDays(db, asker, bookables, question);
    return bookables.flatMap((bookable, i) =>
      (found[i] ?? []).flatMap((day) => day.map((slot) => ({ ...slot, bookable }))),
    );
  };

  return {
    slotDays,

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
      const { serviceId, rescheduleOf, from, to } = query;
      // An appointment that is to be moved may have been made in another session of the same person.
      const db = rescheduleOf === undefined ? await database.readCopy(ctx) : database.read(ctx.tenantId);
      if (rescheduleOf !== undefined) demandSight(ctx, await findAppointment(db, rescheduleOf));
      const bookable = await planner.findBookable(db, ctx, { doctorId, serviceId });
      const settings = await tenants.settings(ctx.tenantId);
      const window = { start: from.getTime(), end: to.getTime() };
      const [days = []] = await slotDays(db, ctx, [bookable], { settings, window, except: rescheduleOf });
      return encodeAnswer(days, query.timezone ?? bookable.timezone);
    },

    /** The free slots of the same doctor and service that are nearest to a wanted one. */
    alternatives: async (ctx: Ctx, { doctorId, serviceId, startsAt }: WantedVisit) => {
      const db = database.read(ctx.tenantId);
      const bookable = await planner.findBookable(db, ctx, { doctorId, serviceId });
      const settings = await tenants.settings(ctx.tenantId);
      const wanted = startsAt.getTime();
      let nearest: OpenSlot[] = [];
      for (const within of ALTERNATIVES_WITHIN_DAYS) {
        const window = { start: wanted - within * DAY_MS, end: wanted + within * DAY_MS };
        const [days = []] = await slotDays(db, ctx, [bookable], { settings, window });
        nearest = nearestSlots(days, wanted, ALTERNATIVES);
        if (nearest.length === ALTERNATIVES) break;
      }
      return nearest.map((slot) => ({
        doctorId,
        startsAt: new Date(slot.startsAt).toISOString(),
        endsAt: new Date(slot.endsAt).toISOString(),
      }));
    },
  };
};

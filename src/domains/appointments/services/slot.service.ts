import { z } from 'zod';
import type { Database, Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { Id } from '../../../shared/types/id.ts';
import { decodeCursor, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Bookable, DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { idsOfEmpty, openStartsOf } from '../models/group-visit.ts';
import { offeredSlots, sharedSlots, type Slot } from '../models/slots.ts';
import { problemOfStart } from '../models/start-problem.ts';
import { type Asker, isPatient, limitsOf, rulesOf, visitOf, type WantedVisit } from '../models/visit-plan.ts';
import { findAppointment } from '../repositories/appointment.repository.ts';
import { listBusyOf } from '../repositories/claim.repository.ts';
import { listGroups } from '../repositories/group.repository.ts';
import type { DoctorSlots, ExplainSlot, FreeSlot, FreeSlots } from '../validators/slots.ts';
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
/** How many doctors times services a search across doctors reads at once; it goes through all there are. */
const BOOKABLES_AT_ONCE = 200;

/** A slot is named by its start, doctor, service and place; lists are in that order. */
const SlotPosition = z.tuple([z.int(), Id, Id, z.string()]);
type SlotPosition = z.output<typeof SlotPosition>;

/** `seats` is how many patients can still have it. */
export type BookableSlot = Slot & { readonly bookable: Bookable; readonly seats: number };

const positionOf = ({ startsAt, bookable, locationId }: BookableSlot): SlotPosition => [
  startsAt,
  bookable.doctorId,
  bookable.serviceId,
  locationId ?? '',
];

const comparePositions = (a: SlotPosition, b: SlotPosition): number => {
  for (const [i, part] of a.entries()) {
    const other = b[i] ?? '';
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
};

const toOfferedSlot = ({ startsAt, endsAt, locationId }: Slot) => ({
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
  locationId,
});

const toFreeSlot = (slot: BookableSlot): FreeSlot => ({
  doctorId: slot.bookable.doctorId,
  serviceId: slot.bookable.serviceId,
  ...toOfferedSlot(slot),
});

/** Why a patient could not book the service of the doctor at any time. */
const againstService = ({ offered, bookableByPatients }: Bookable) => [
  ...(offered
    ? []
    : [
        {
          code: 'service_not_offered',
          detail: 'The doctor does not offer this service now; both must be active.',
        },
      ]),
  ...(bookableByPatients
    ? []
    : [{ code: 'not_for_patients', detail: 'Only the front desk can book this service.' }]),
];

type FirstSlots = {
  readonly settings: BookingSettings;
  readonly window: Interval;
  readonly isWanted: (slot: BookableSlot) => boolean;
  readonly limit: number;
};

/** `whole` (epoch milliseconds) in parts, each twice as long as the one before: mostly, the first has enough slots. */
const growingWindows = (whole: Interval): Interval[] => {
  const windows: Interval[] = [];
  let { start } = whole;
  for (let length = DAY_MS; start < whole.end; length *= 2) {
    const end = Math.min(start + length, whole.end);
    windows.push({ start, end });
    start = end;
  }
  return windows;
};

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
    const groups = await listGroups(db, doctorIds, span, { now, except });
    const holders = [...idsOfEmpty(groups), ...(except === undefined ? [] : [except])];
    const busy = await listBusyOf(db, doctorIds, span, { now, holders });
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

  /** The first `limit` slots in `window`, in the order of lists. What cannot be among them any more is not looked for. */
  const firstOf = async (
    db: Db,
    ctx: Ctx,
    query: FreeSlots,
    { settings, window, isWanted, limit }: FirstSlots,
  ): Promise<BookableSlot[]> => {
    let first: BookableSlot[] = [];
    for await (const bookables of bookablesInTurn(db, query)) {
      const visible = bookables.filter(({ bookableByPatients }) => bookableByPatients || !isPatient(ctx));
      const last = first.length < limit ? undefined : first.at(-1);
      const end = last ? last.startsAt + 1 : window.end;
      const slots = await slotsOf(db, ctx, visible, { settings, window: { ...window, end } });
      first = [...first, ...slots.filter(isWanted)]
        .sort((a, b) => comparePositions(positionOf(a), positionOf(b)))
        .slice(0, limit);
    }
    return first;
  };

  async function* bookablesInTurn(db: Db, filter: FreeSlots): AsyncGenerator<Bookable[]> {
    let after: Bookable | undefined;
    do {
      const bookables = await doctors.listBookable(db, { ...filter, after }, BOOKABLES_AT_ONCE);
      if (bookables.length > 0) yield bookables;
      after = bookables.length === BOOKABLES_AT_ONCE ? bookables.at(-1) : undefined;
    } while (after !== undefined);
  }

  return {
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

    /** Across doctors, earliest first, however many there are. */
    free: async (ctx: Ctx, query: FreeSlots): Promise<Page<FreeSlot>> => {
      const db = database.read(ctx.tenantId);
      const after = decodeCursor(SlotPosition, query.cursor);
      const settings = await tenants.settings(ctx.tenantId);
      const { earliest, latest } = limitsOf(ctx, settings, clock.now().getTime());
      const asked = {
        start: Math.max(query.from.getTime(), earliest, after?.[0] ?? 0),
        end: Math.min(query.to.getTime(), latest + 1),
      };
      const isWanted = (slot: BookableSlot) =>
        (query.locationId === undefined || slot.locationId === query.locationId) &&
        (after === undefined || comparePositions(positionOf(slot), after) > 0);
      const found: BookableSlot[] = [];
      for (const window of growingWindows(asked)) {
        const slots = await firstOf(db, ctx, query, { settings, window, isWanted, limit: query.limit + 1 });
        found.push(...slots);
        if (found.length > query.limit) break;
      }
      const { data, nextCursor } = toPage(found, query.limit, positionOf);
      return { data: data.map(toFreeSlot), nextCursor };
    },

    /** Every reason for which a patient could not start at that time. */
    explain: async (ctx: Ctx, doctorId: string, { serviceId, at }: ExplainSlot) => {
      const db = database.read(ctx.tenantId);
      const bookable = await planner.findKnown(db, { doctorId, serviceId });
      const settings = await tenants.settings(ctx.tenantId);
      const visit = visitOf(bookable, at);
      const question = { bookable, settings, visit, mustBeOffered: true };
      const found = await planner.reasonsAgainst(db, { role: 'patient' }, question);
      const reasons = [
        ...againstService(bookable),
        ...found.reasons.map((code) => ({ code, detail: problemOfStart[code].detail })),
      ];
      return { at, bookable: reasons.length === 0, reasons };
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

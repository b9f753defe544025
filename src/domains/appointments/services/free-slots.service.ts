import { z } from 'zod';
import type { Database, Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { Id } from '../../../shared/types/id.ts';
import { decodeCursor, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Bookable, DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { type BookableSlot, createFirstSlots } from '../models/first-slots.ts';
import { isPatient, limitsOf } from '../models/visit-plan.ts';
import type { FreeSlot, FreeSlots } from '../validators/slots.ts';
import { type SlotService, toOfferedSlot } from './slot.service.ts';

export type FreeSlotDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  doctors: Pick<DoctorsPort, 'recallBookables'>;
  slots: Pick<SlotService, 'slotDays'>;
};
export type FreeSlotService = ReturnType<typeof createFreeSlotService>;

/** How many doctors times services are read at once; the search goes through all there are. */
const BOOKABLES_AT_ONCE = 200;

/** A slot is named by its start, doctor, service and place; lists are in that order. */
const SlotPosition = z.tuple([z.int(), Id, Id, z.string()]);
type SlotPosition = z.output<typeof SlotPosition>;

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

const toFreeSlot = (slot: BookableSlot): FreeSlot => ({
  doctorId: slot.bookable.doctorId,
  serviceId: slot.bookable.serviceId,
  ...toOfferedSlot(slot),
});

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

/** The search for whoever is free next, across doctors. It promises nothing: only the claims of a booking do. */
export const createFreeSlotService = ({ database, clock, tenants, doctors, slots }: FreeSlotDeps) => {
  /** The first `limit` slots in `window`, in the order of lists. What cannot be among them any more is not looked for. */
  const firstOf = async (
    db: Db,
    ctx: Ctx,
    parts: readonly (readonly Bookable[])[],
    { settings, window, isWanted, limit }: FirstSlots,
  ): Promise<readonly BookableSlot[]> => {
    const compare = (a: BookableSlot, b: BookableSlot) => comparePositions(positionOf(a), positionOf(b));
    const { first, add } = createFirstSlots({ limit, isWanted, compare });
    for (const bookables of parts) {
      const last = first.length < limit ? undefined : first.at(-1);
      const end = last ? last.startsAt + 1 : window.end;
      const days = await slots.slotDays(db, ctx, bookables, { settings, window: { ...window, end } });
      for (const [i, bookable] of bookables.entries()) add(bookable, days[i] ?? []);
    }
    return first;
  };

  /** All that the caller may see, in parts that are looked at together. */
  const bookablesOf = async (db: Db, ctx: Ctx, filter: FreeSlots): Promise<Bookable[][]> => {
    const parts: Bookable[][] = [];
    let after: Bookable | undefined;
    do {
      const bookables = await doctors.recallBookables(db, { ...filter, after }, BOOKABLES_AT_ONCE);
      parts.push(bookables.filter(({ bookableByPatients }) => bookableByPatients || !isPatient(ctx)));
      after = bookables.length === BOOKABLES_AT_ONCE ? bookables.at(-1) : undefined;
    } while (after !== undefined);
    return parts;
  };

  return {
    /** Across doctors, earliest first, however many there are. */
    free: async (ctx: Ctx, query: FreeSlots): Promise<Page<FreeSlot>> => {
      const db = await database.readCopy(ctx);
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
      const parts = await bookablesOf(db, ctx, query);
      const found: BookableSlot[] = [];
      for (const window of growingWindows(asked)) {
        const slots = await firstOf(db, ctx, parts, { settings, window, isWanted, limit: query.limit + 1 });
        found.push(...slots);
        if (found.length > query.limit) break;
      }
      const { data, nextCursor } = toPage(found, query.limit, positionOf);
      return { data: data.map(toFreeSlot), nextCursor };
    },
  };
};

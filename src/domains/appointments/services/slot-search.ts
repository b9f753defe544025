import type { Db } from '../../../database/db.ts';
import { type Interval, isEmpty } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Bookable, DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import { ceilToGrain } from '../models/claim.ts';
import { openStartsOf } from '../models/group-visit.ts';
import {
  byDay,
  cutDay,
  type Days,
  daysOf,
  type OpenSlot,
  type SlotDay,
  timeOfDays,
} from '../models/slot-days.ts';
import { offeredSlots, sharedSlots } from '../models/slots.ts';
import { type Asker, limitsOf, rulesOf } from '../models/visit-plan.ts';
import { readCalendars } from './calendars.ts';
import { type Computed, createSlotMemory } from './slot-memory.ts';

export type SlotSearchDeps = { clock: Clock; doctors: Pick<DoctorsPort, 'sessions'> };

export type SlotQuestion = {
  readonly settings: BookingSettings;
  /** Starts inside it, in epoch milliseconds. */
  readonly window: Interval;
  /** An appointment that does not block its own move. */
  readonly except?: string | undefined;
};

/** How starts are computed: none before `earliest`, epoch milliseconds. */
type Computation = Pick<SlotQuestion, 'settings' | 'except'> & { readonly earliest: number };

const ALWAYS = { earliest: Number.MIN_SAFE_INTEGER, latest: Number.MAX_SAFE_INTEGER - 1 };

/**
 * The one way to find slots. Days are computed as a whole and remembered, and each question takes its part of them. What is too
 * early for the caller is cut off afterwards; only a `compact` grid begins with it, and moves on from one five minutes to the next.
 */
export const createSlotSearch = ({ clock, doctors }: SlotSearchDeps) => {
  const memory = createSlotMemory();
  const underWay = new Map<string, Promise<Computed[]>>();

  /** The slots of whole days, from one read each of hours and claims. */
  const compute = async (
    db: Db,
    bookables: readonly Bookable[],
    days: Days,
    { settings, except, earliest }: Computation,
  ): Promise<Computed[]> => {
    const window = timeOfDays(days);
    const sessions = await doctors.sessions(db, bookables, window);
    const span = {
      start: Math.min(window.start, ...sessions.flat().map(({ start }) => start)) - DAY_MS,
      end: Math.max(window.end, ...sessions.flat().map(({ end }) => end)) + DAY_MS,
    };
    const doctorIds = [...new Set(bookables.map(({ doctorId }) => doctorId))];
    const { groups, busy, editions } = await readCalendars(db, doctorIds, span, { now: clock.now(), except });
    return bookables.map((bookable, i) => {
      const query = {
        sessions: sessions[i] ?? [],
        busy: busy.get(bookable.doctorId) ?? [],
        rules: rulesOf(bookable, settings),
        from: window.start,
        to: window.end,
        ...ALWAYS,
        earliest,
      };
      const openStarts = openStartsOf(groups, bookable);
      const slots = [...offeredSlots(query), ...sharedSlots(query, openStarts.keys())]
        .map((slot): OpenSlot => ({ ...slot, seats: openStarts.get(slot.startsAt) ?? bookable.capacity }))
        .sort((a, b) => a.startsAt - b.startsAt);
      return { days: byDay(slots, days), edition: editions.get(bookable.doctorId) };
    });
  };

  /** Whoever asks the same of the same editions while it is computed waits for that: all it misses was committed later. */
  const computeOnce = (
    db: Db,
    bookables: readonly Bookable[],
    days: Days,
    computation: Computation,
    key: string,
  ) => {
    const asked = bookables.map(
      ({ doctorId, serviceId, calendarVersion, scheduleVersion }) =>
        `${doctorId}${serviceId}${calendarVersion ?? ''}${scheduleVersion ?? ''}`,
    );
    const name = `${db.tenantId}${key}:${days.first}-${days.last}:${asked.join()}`;
    const same = underWay.get(name);
    if (same) return same;
    const computed = compute(db, bookables, days, computation).finally(() => underWay.delete(name));
    underWay.set(name, computed);
    return computed;
  };

  /** The days of each of `bookables`, remembered or computed. */
  const find = async (
    db: Db,
    bookables: readonly Bookable[],
    days: Days,
    computation: Computation,
  ): Promise<SlotDay[][]> => {
    const { settings, except, earliest } = computation;
    if (except !== undefined || db.lane.isTransaction) {
      const computed = await compute(db, bookables, days, computation);
      return computed.map((each) => [...each.days.values()]);
    }
    const now = clock.now().getTime();
    const manner = `${settings.slotAnchor}${settings.slotIntervalMinutes ?? ''}/${earliest}`;
    const found = bookables.map((bookable) => memory.recall(db, bookable, manner, days, now));
    const missing = bookables.filter((_, i) => !found[i]);
    if (missing.length === 0) return found.map((each) => each ?? []);
    const computed = await computeOnce(db, missing, days, computation, manner);
    for (const [i, bookable] of missing.entries()) memory.keep(db, bookable, manner, computed[i], now);
    const inTurn = computed.values();
    return found.map((each) => each ?? [...(inTurn.next().value?.days.values() ?? [])]);
  };

  /** For each of `bookables`, in their order, what the caller could book, day by day. */
  const slotDays = async (
    db: Db,
    asker: Asker,
    bookables: readonly Bookable[],
    { settings, window, except }: SlotQuestion,
  ): Promise<SlotDay[][]> => {
    const { earliest, latest } = limitsOf(asker, settings, clock.now().getTime());
    const asked = { start: Math.max(window.start, earliest), end: Math.min(window.end, latest + 1) };
    if (isEmpty(asked) || bookables.length === 0) return bookables.map(() => []);
    const isMoving = settings.slotAnchor === 'compact';
    const found = await find(db, bookables, daysOf(asked), {
      settings,
      except,
      earliest: isMoving ? ceilToGrain(earliest) : ALWAYS.earliest,
    });
    return found.map((days) => days.map((day) => cutDay(day, asked)));
  };

  return { slotDays };
};

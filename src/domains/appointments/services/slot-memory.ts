import { LRUCache } from 'lru-cache';
import type { Db } from '../../../database/db.ts';
import type { Bookable } from '../../doctors/index.ts';
import type { Days, SlotDay } from '../models/slot-days.ts';
import type { Edition } from './calendars.ts';

/** About 200 bytes each, their JSON included. */
const REMEMBERED_SLOTS = 200_000;
/** What somebody changes by hand, past the server, shows after that. */
const REMEMBERED_MS = 60_000;

type Remembered = {
  readonly edition: string;
  readonly expiresAt: number;
  readonly days: ReadonlyMap<number, SlotDay>;
};

/** Slots of a doctor and service as they were computed; `edition` is that of the calendar, and none where they do not last. */
export type Computed = { readonly days: ReadonlyMap<number, SlotDay>; readonly edition: Edition | undefined };

/** How slots were asked for beside their doctor and service: what does not change with schedule or calendar. */
export type Manner = string;

/**
 * Remembers the slots of doctors by day, under the versions of schedules and calendar. Both come from the database with the doctor,
 * for each search anew: what was computed from another calendar is not used, so that no message has to arrive for it.
 */
export const createSlotMemory = () => {
  const memory = new LRUCache<string, Remembered>({
    maxSize: REMEMBERED_SLOTS,
    sizeCalculation: ({ days }) => [...days.values()].reduce((size, day) => size + 1 + day.length, 1),
  });

  const keyOf = (db: Db, { doctorId, serviceId }: Bookable, manner: Manner) =>
    `${db.tenantId}${doctorId}${serviceId}${manner}`;
  const editionOf = ({ scheduleVersion }: Bookable, calendarVersion: string | null) =>
    `${scheduleVersion ?? ''}${calendarVersion ?? ''}`;

  return {
    /** All of `days`, in their order, or nothing where one is not known. */
    recall: (db: Db, bookable: Bookable, manner: Manner, days: Days, now: number): SlotDay[] | undefined => {
      const known = memory.get(keyOf(db, bookable, manner));
      if (known?.edition !== editionOf(bookable, bookable.calendarVersion)) return undefined;
      if (known.expiresAt <= now) return undefined;
      const found: SlotDay[] = [];
      for (let day = days.first; day <= days.last; day += 1) {
        const slots = known.days.get(day);
        if (!slots) return undefined;
        found.push(slots);
      }
      return found;
    },

    /** Adds to what is remembered of the same edition. */
    keep: (db: Db, bookable: Bookable, manner: Manner, computed: Computed | undefined, now: number): void => {
      if (computed?.edition === undefined) return;
      const { days, edition } = computed;
      const key = keyOf(db, bookable, manner);
      const known = memory.get(key);
      const ours = editionOf(bookable, edition.version);
      const expiresAt = Math.min(edition.expiresAt, now + REMEMBERED_MS);
      const isSame = known?.edition === ours && known.expiresAt > now;
      memory.set(key, {
        edition: ours,
        expiresAt: isSame ? Math.min(expiresAt, known.expiresAt) : expiresAt,
        days: isSame ? new Map([...known.days, ...days]) : days,
      });
    },
  };
};

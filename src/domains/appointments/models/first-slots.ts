import type { Bookable } from '../../doctors/index.ts';
import type { OpenSlot, SlotDay } from './slot-days.ts';

export type BookableSlot = OpenSlot & { readonly bookable: Bookable };

type Choice = {
  readonly limit: number;
  readonly isWanted: (slot: BookableSlot) => boolean;
  /** Below zero where `a` comes before `b`, by start before all else. */
  readonly compare: (a: BookableSlot, b: BookableSlot) => number;
};

/** The first `limit` that are wanted of all slots it was given, in order. What cannot be among them is not looked at. */
export const createFirstSlots = ({ limit, isWanted, compare }: Choice) => {
  const first: BookableSlot[] = [];

  const isTooLate = ({ startsAt }: OpenSlot): boolean =>
    first.length === limit && startsAt > (first.at(-1)?.startsAt ?? startsAt);

  const insert = (slot: BookableSlot): void => {
    let at = first.length;
    while (at > 0 && compare(slot, first[at - 1] as BookableSlot) < 0) at -= 1;
    first.splice(at, 0, slot);
    if (first.length > limit) first.pop();
  };

  return {
    first: first as readonly BookableSlot[],

    /** The slots of one service of a doctor, ascending. */
    add: (bookable: Bookable, days: readonly SlotDay[]): void => {
      for (const day of days) {
        for (const slot of day) {
          if (isTooLate(slot)) return;
          const candidate = { ...slot, bookable };
          if (isWanted(candidate)) insert(candidate);
        }
      }
    },
  };
};

import { holds, type Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Slot } from './slots.ts';

/** `seats` is how many patients can still have the slot. */
export type OpenSlot = Slot & { readonly seats: number };

/** The slots that start on one day of UTC, ascending. */
export type SlotDay = readonly OpenSlot[];

/** Days of UTC, counted from the epoch; both belong to it. */
export type Days = { readonly first: number; readonly last: number };

/** The days on which an instant of `window` (epoch milliseconds) lies, which is not empty. */
export const daysOf = ({ start, end }: Interval): Days => ({
  first: Math.floor(start / DAY_MS),
  last: Math.ceil(end / DAY_MS) - 1,
});

/** All of these days, in epoch milliseconds. */
export const timeOfDays = ({ first, last }: Days): Interval => ({
  start: first * DAY_MS,
  end: (last + 1) * DAY_MS,
});

/** `slots` (ascending) by the day on which they start, each day of `days` with its own, if only none. */
export const byDay = (slots: readonly OpenSlot[], { first, last }: Days): Map<number, SlotDay> => {
  const days = new Map<number, OpenSlot[]>();
  for (let day = first; day <= last; day += 1) days.set(day, []);
  for (const slot of slots) days.get(Math.floor(slot.startsAt / DAY_MS))?.push(slot);
  return days;
};

/** The part of a day that starts inside `window`; the day itself where that is all of it. */
export const cutDay = (day: SlotDay, window: Interval): SlotDay => {
  const isWhole = (slot: OpenSlot | undefined) => slot === undefined || holds(window, slot.startsAt);
  return isWhole(day[0]) && isWhole(day.at(-1)) ? day : day.filter(({ startsAt }) => holds(window, startsAt));
};

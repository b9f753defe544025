import type { OpenSlot, SlotDay } from './slot-days.ts';

/** The `limit` slots that start nearest to `wanted` (epoch milliseconds), nearest first, of two as near the earlier one. */
export const nearestSlots = (days: readonly SlotDay[], wanted: number, limit: number): OpenSlot[] => {
  const distance = ({ startsAt }: OpenSlot): number => Math.abs(startsAt - wanted);
  return days
    .flat()
    .sort((a, b) => distance(a) - distance(b) || a.startsAt - b.startsAt)
    .slice(0, limit);
};

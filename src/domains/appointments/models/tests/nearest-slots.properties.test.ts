import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearestSlots } from '../nearest-slots.ts';
import type { OpenSlot } from '../slot-days.ts';

const aSlot = (startsAt: number): OpenSlot => ({
  startsAt,
  endsAt: startsAt + 1,
  locationId: null,
  seats: 1,
});
const distance = (slot: OpenSlot, wanted: number): number => Math.abs(slot.startsAt - wanted);

test('are as many as were asked for, and none that was left out is nearer than one of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.nat(60), { maxLength: 8 }), { maxLength: 4 }),
      fc.nat(60),
      fc.nat(5),
      (days, wanted, limit) => {
        const calendar = days.map((starts) => starts.map(aSlot));
        const nearest = nearestSlots(calendar, wanted, limit);
        const others = calendar.flat().filter((slot) => !nearest.includes(slot));
        expect(nearest).toHaveLength(Math.min(limit, calendar.flat().length));
        for (const slot of nearest)
          for (const other of others)
            expect(distance(slot, wanted)).toBeLessThanOrEqual(distance(other, wanted));
      },
    ),
  );
});

test('come nearest first, and of two as near the earlier one', () => {
  const starts = nearestSlots([[10, 20].map(aSlot), [30, 45].map(aSlot)], 20, 3).map((slot) => slot.startsAt);
  expect(starts).toEqual([20, 10, 30]);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Bookable } from '../../../doctors/index.ts';
import { type BookableSlot, createFirstSlots } from '../first-slots.ts';
import type { OpenSlot, SlotDay } from '../slot-days.ts';

const aDay = (starts: readonly number[]): SlotDay =>
  starts.map((startsAt): OpenSlot => ({ startsAt, endsAt: startsAt + 1, locationId: null, seats: 1 }));

/** Two days of a doctor, ascending. */
const someDays = fc
  .uniqueArray(fc.nat(40), { maxLength: 12 })
  .map((starts) => starts.sort((a, b) => a - b))
  .map((starts) => [aDay(starts.filter((start) => start < 20)), aDay(starts.filter((start) => start >= 20))]);

const compare = (a: BookableSlot, b: BookableSlot): number =>
  a.startsAt - b.startsAt || (a.bookable.doctorId < b.bookable.doctorId ? -1 : 1);

test('are those that come first when all that are wanted are put in order', () => {
  fc.assert(
    fc.property(
      fc.array(someDays, { maxLength: 8 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 4 }),
      (calendars, limit, every) => {
        const bookables = calendars.map((_, i) => ({ doctorId: `doctor ${i}` }) as Bookable);
        const isWanted = ({ startsAt }: BookableSlot) => startsAt % every === 0;
        const { first, add } = createFirstSlots({ limit, isWanted, compare });
        for (const [i, bookable] of bookables.entries()) add(bookable, calendars[i] ?? []);
        const all = bookables.flatMap((bookable, i) =>
          (calendars[i] ?? []).flat().map((slot) => ({ ...slot, bookable })),
        );
        expect(first).toEqual(all.filter(isWanted).sort(compare).slice(0, limit));
      },
    ),
  );
});

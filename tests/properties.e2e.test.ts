import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calendarPlan, type CalendarPlan } from './properties/calendar-plan.ts';
import {
  MINUTE_MS,
  plannedCalendar,
  type PlannedCalendar,
  type Slot,
  timesOf,
} from './properties/planned-calendar.ts';
import { expectStatus } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Few, since each makes a clinic. What is found is made smaller only as long as the test may take. */
const RUNS = { numRuns: 12, interruptAfterTimeLimit: 20_000 };

/** What a visit keeps free, buffers included. */
const claimOf = (slot: Slot, { service }: CalendarPlan) => ({
  start: timesOf(slot).start - service.bufferBeforeMinutes * MINUTE_MS,
  end: timesOf(slot).end + service.bufferAfterMinutes * MINUTE_MS,
});
const overlap = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  a.start < b.end && b.start < a.end;

/** A start on the grain of the week, within half an hour of an offered one, which is often inside working time and off the grid. */
const startBeside = ({ week }: PlannedCalendar, slots: readonly Slot[], pick: number): string | undefined => {
  const slot = slots[pick % slots.length];
  if (!slot) return undefined;
  const start = timesOf(slot).start + ((pick % 13) - 6) * 5 * MINUTE_MS;
  return start < week.start || start >= week.end ? undefined : new Date(start).toISOString();
};

/** A start on the grain in the week of the calendar. */
const startIn = ({ week }: PlannedCalendar, pick: number): string => {
  const grains = (week.end - week.start) / (5 * MINUTE_MS);
  return new Date(week.start + (pick % grains) * 5 * MINUTE_MS).toISOString();
};

test('every offered slot is bookable, and a cancellation frees exactly what the booking took', () =>
  fc.assert(
    fc.asyncProperty(calendarPlan, fc.nat(), async (plan, pick) => {
      const calendar = await plannedCalendar(server, plan);
      const { patient, visit } = calendar;
      const before = await calendar.offered();
      const slot = before[pick % before.length];
      fc.pre(slot !== undefined);

      const request = { ...visit, startsAt: slot.startsAt };
      const booked = expectStatus(await patient.api.post('/appointments', request), 201).body;
      expect([booked.startsAt, booked.endsAt]).toEqual([slot.startsAt, slot.endsAt]);
      const claim = claimOf(slot, plan);
      expect((await calendar.offered()).filter((each) => overlap(claimOf(each, plan), claim))).toEqual([]);

      expectStatus(await patient.api.delete(`/appointments/${booked.id}`), 200);
      expect(await calendar.offered()).toEqual(before);
    }),
    RUNS,
  ));

test('what is not offered is refused to a patient and explained to staff, and stays as it was', () =>
  fc.assert(
    fc.asyncProperty(
      calendarPlan,
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      async (plan, picks) => {
        const calendar = await plannedCalendar(server, plan);
        const { patient, admin, visit } = calendar;
        const before = await calendar.offered();
        const offered = new Set(before.map(({ startsAt }) => startsAt));
        const starts = picks.map(
          (pick, i) => (i % 2 && startBeside(calendar, before, pick)) || startIn(calendar, pick),
        );
        for (const startsAt of starts) {
          const explanation = `/doctors/${visit.doctorId}/slots/explain?serviceId=${visit.serviceId}&at=${startsAt}`;
          const { body } = expectStatus(await admin.api.get(explanation), 200);
          expect([startsAt, body.bookable]).toEqual([startsAt, offered.has(startsAt)]);
          if (offered.has(startsAt)) continue;
          const { status } = await patient.api.post('/appointments', { ...visit, startsAt });
          expect([409, 422]).toContain(status);
        }
        expect(await calendar.offered()).toEqual(before);
      },
    ),
    RUNS,
  ));

const command = fc.record({
  verb: fc.constantFrom('book', 'move', 'cancel'),
  /** Which visit. */
  which: fc.nat(),
  /** To one of the offered slots, or to any start. */
  to: fc.record({ isOffered: fc.boolean(), pick: fc.nat() }),
});
type Command = typeof command extends fc.Arbitrary<infer Each> ? Each : never;

const run = async (calendar: PlannedCalendar, { verb, which, to }: Command, patientIds: string[]) => {
  const { admin, visit } = calendar;
  const [slots, visits] = await Promise.all([calendar.offered(), calendar.standing()]);
  const slot = to.isOffered ? slots[to.pick % slots.length] : undefined;
  const startsAt = slot?.startsAt ?? startIn(calendar, to.pick);
  const id = visits[which % visits.length]?.id;
  if (verb === 'book') {
    const patientId = patientIds[which % patientIds.length];
    return admin.api.post('/appointments', { ...visit, startsAt, patientId });
  }
  if (id === undefined) return undefined;
  const path = `/appointments/${id}`;
  return verb === 'move' ? admin.api.put(path, { startsAt }) : admin.api.delete(path);
};

test('whatever staff book, move and cancel, no two visits overlap, and what is free is offered', () =>
  fc.assert(
    fc.asyncProperty(
      calendarPlan,
      fc.array(command, { minLength: 6, maxLength: 10 }),
      async (plan, commands) => {
        const calendar = await plannedCalendar(server, { ...plan, taken: [] });
        const before = await calendar.offered();
        const patientIds = [await calendar.anotherPatient(), await calendar.anotherPatient()];
        for (const each of commands) {
          const answer = await run(calendar, each, patientIds);
          expect([200, 201, 409, 422, undefined]).toContain(answer?.status);
        }

        const visits = await calendar.standing();
        const claims = visits.map((visit) => claimOf(visit, plan)).toSorted((a, b) => a.start - b.start);
        for (const [i, claim] of claims.entries())
          expect(claims[i + 1]?.start ?? Infinity).toBeGreaterThanOrEqual(claim.end);
        const offered = await calendar.offered();
        expect(offered.filter((slot) => claims.some((claim) => overlap(claimOf(slot, plan), claim)))).toEqual(
          [],
        );

        for (const { id } of visits)
          expectStatus(await calendar.admin.api.delete(`/appointments/${id}`), 200);
        expect(await calendar.offered()).toEqual(before);
      },
    ),
    RUNS,
  ));

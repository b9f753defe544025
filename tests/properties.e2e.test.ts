import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calendarPlan, type CalendarPlan } from './properties/calendar-plan.ts';
import {
  MINUTE_MS,
  plannedCalendar,
  type PlannedCalendar,
  type Slot,
  type Times,
  timesOf,
  type Visit,
} from './properties/planned-calendar.ts';
import { expectStatus } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Few, since each makes a clinic. What is found is made smaller only as long as the test may take. */
const RUNS = { numRuns: 6, interruptAfterTimeLimit: 20_000 };

/** What a visit of a service keeps free, buffers included. */
const claimOf = (slot: Slot, service: CalendarPlan['service']) => ({
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
      const claim = claimOf(slot, plan.service);
      const beside = (await calendar.offered()).filter((each) => overlap(claimOf(each, plan.service), claim));
      // A seat of the same visit may be left to others.
      expect(
        beside.filter(({ startsAt }) => plan.service.capacity === 1 || startsAt !== slot.startsAt),
      ).toEqual([]);

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
        const lately = new Set((await calendar.offeredLately()).map(({ startsAt }) => startsAt));
        const starts = picks.map(
          (pick, i) => (i % 2 && startBeside(calendar, before, pick)) || startIn(calendar, pick),
        );
        for (const startsAt of starts) {
          const explanation = `/doctors/${visit.doctorId}/slots/explain?serviceId=${visit.serviceId}&at=${startsAt}`;
          const { body } = expectStatus(await admin.api.get(explanation), 200);
          if (offered.has(startsAt)) expect([startsAt, body.bookable]).toEqual([startsAt, true]);
          if (lately.has(startsAt)) continue;
          expect([startsAt, body.bookable]).toEqual([startsAt, false]);
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
  const { admin, offers, roomId } = calendar;
  const offer = offers[which % offers.length] ?? calendar.visit;
  const [slots, visits] = await Promise.all([calendar.offered(offer), calendar.standing()]);
  const slot = to.isOffered ? slots[to.pick % slots.length] : undefined;
  const startsAt = slot?.startsAt ?? startIn(calendar, to.pick);
  const id = visits[which % visits.length]?.id;
  if (verb === 'book') {
    const patientId = patientIds[which % patientIds.length];
    return admin.api.post('/appointments', {
      ...offer,
      startsAt,
      patientId,
      ...(to.pick % 3 === 0 && { roomId }),
    });
  }
  if (id === undefined) return undefined;
  const path = `/appointments/${id}`;
  return verb === 'move' ? admin.api.put(path, { startsAt }) : admin.api.delete(path);
};

/** The claims of each calendar: of doctors with buffers, and once for those who share a visit. */
const claimsOf = (visits: readonly Visit[], serviceOf: (id: string) => CalendarPlan['service']) => {
  const claims = new Map<string, Times[]>();
  const claim = (calendar: string, times: Times) =>
    claims.set(calendar, [...(claims.get(calendar) ?? []), times]);
  const shared = new Map<string, number>();
  for (const visit of visits) {
    const { doctorId, serviceId, startsAt } = visit;
    const service = serviceOf(serviceId);
    const start = `${doctorId} ${serviceId} ${startsAt}`;
    const seats = (shared.get(start) ?? 0) + 1;
    shared.set(start, seats);
    claim(visit.patientId, timesOf(visit));
    if (seats > 1 && service.capacity > 1) {
      expect(seats).toBeLessThanOrEqual(service.capacity);
      continue;
    }
    claim(doctorId, claimOf(visit, service));
    if (visit.roomId !== null) claim(visit.roomId, timesOf(visit));
  }
  return claims;
};

test('whatever staff book, move and cancel, no two claims of anybody overlap, and what is free is offered', () =>
  fc.assert(
    fc.asyncProperty(
      calendarPlan,
      fc.array(command, { minLength: 6, maxLength: 10 }),
      async (plan, commands) => {
        const calendar = await plannedCalendar(server, { ...plan, taken: [] });
        const { admin, offers } = calendar;
        const serviceOf = (id: string) =>
          id === calendar.visit.serviceId ? plan.service : plan.otherService;
        const before = await Promise.all(offers.map(calendar.offered));
        const patientIds = [await calendar.anotherPatient(), await calendar.anotherPatient()];
        for (const each of commands) {
          const answer = await run(calendar, each, patientIds);
          expect([200, 201, 409, 422, undefined]).toContain(answer?.status);
        }

        const visits = await calendar.standing();
        const claims = claimsOf(visits, serviceOf);
        for (const unsorted of claims.values()) {
          const ofOne = unsorted.toSorted((a, b) => a.start - b.start);
          for (const [i, { end }] of ofOne.entries())
            expect(ofOne[i + 1]?.start ?? Infinity).toBeGreaterThanOrEqual(end);
        }
        for (const offer of offers) {
          const busy = claims.get(offer.doctorId) ?? [];
          const service = serviceOf(offer.serviceId);
          const taken = (await calendar.offered(offer)).filter((slot) =>
            busy.some((claim) => overlap(claimOf(slot, service), claim)),
          );
          // Only the seats of a visit that is there already are offered beside it.
          const starts = visits
            .filter((visit) => visit.doctorId === offer.doctorId && visit.serviceId === offer.serviceId)
            .map(({ startsAt }) => startsAt);
          expect(
            taken.filter(({ startsAt }) => service.capacity === 1 || !starts.includes(startsAt)),
          ).toEqual([]);
        }

        for (const { id } of visits) expectStatus(await admin.api.delete(`/appointments/${id}`), 200);
        expect(await Promise.all(offers.map(calendar.offered))).toEqual(before);
      },
    ),
    RUNS,
  ));

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createApi } from './support/api.ts';
import { aBookableDoctor, type BookableDoctor, MONDAY_9 } from './support/bookable.ts';
import { expectStatus } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

/** Two processes of one installation: what one of them does, nobody tells the other. */
let servers: [TestServer, TestServer];
beforeAll(async () => {
  servers = [await startTestServer(), await startTestServer()];
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

const setClocks = (instant: string) => {
  for (const { clock } of servers) clock.set(instant);
};
beforeEach(() => {
  setClocks('2027-03-15T08:00:00.000Z');
});

const TODAY = ['2027-03-15T00:00:00Z', '2027-03-16T00:00:00Z'] as const;
const MONDAY = ['2027-03-22T00:00:00Z', '2027-03-23T00:00:00Z'] as const;

/** What each of the processes offers, as times of day. */
const offered = (
  { clinic, doctorId, serviceId }: BookableDoctor,
  [from, to]: readonly [string, string] = MONDAY,
) =>
  Promise.all(
    servers.map(async ({ url }) => {
      const api = createApi(`${url}/api/v1`, { Authorization: `Bearer ${clinic.admin.token}` });
      const path = `/doctors/${doctorId}/slots?serviceId=${serviceId}&from=${from}&to=${to}`;
      const { body } = expectStatus(await api.get(path), 200);
      return body.data.map(({ startsAt }: { startsAt: string }) => startsAt.slice(11, 16)) as string[];
    }),
  );
/** Whether each of them offers nine o'clock. */
const offersNine = async (here: BookableDoctor) =>
  (await offered(here)).map((starts) => starts.includes(MONDAY_9.slice(11, 16)));

/** Whom each of the processes finds free for a service first. */
const freeDoctors = ({ clinic, serviceId }: BookableDoctor) =>
  Promise.all(
    servers.map(async ({ url }) => {
      const api = createApi(`${url}/api/v1`, { Authorization: `Bearer ${clinic.admin.token}` });
      const path = `/slots?serviceId=${serviceId}&from=${MONDAY[0]}&to=${MONDAY[1]}`;
      const { body } = expectStatus(await api.get(path), 200);
      const ids = body.data.map(({ doctorId }: { doctorId: string }) => doctorId) as string[];
      return [...new Set(ids)].sort();
    }),
  );

const visitOf = ({ doctorId, serviceId }: BookableDoctor) => ({ doctorId, serviceId, startsAt: MONDAY_9 });

test('a search after a booking, a move or a cancellation knows of it, on whatever process', async () => {
  const here = await aBookableDoctor(servers[0]);
  expect(await offersNine(here)).toEqual([true, true]);
  const { id } = expectStatus(await here.patient.api.post('/appointments', visitOf(here)), 201).body;
  expect(await offersNine(here)).toEqual([false, false]);
  const later = { startsAt: '2027-03-22T10:00:00.000Z' };
  expectStatus(await here.patient.api.put(`/appointments/${id}`, later), 200);
  expect(await offersNine(here)).toEqual([true, true]);
  expect((await offered(here))[1]).not.toContain('10:00');
  expectStatus(await here.patient.api.delete(`/appointments/${id}`), 200);
  expect((await offered(here))[1]).toContain('10:00');
});

test('a held time is offered again from the moment in which the hold expires', async () => {
  const here = await aBookableDoctor(servers[0]);
  expectStatus(await here.patient.api.post('/appointments/holds', visitOf(here)), 201);
  expect(await offersNine(here)).toEqual([false, false]);
  setClocks('2027-03-15T08:04:59.999Z');
  expect(await offersNine(here)).toEqual([false, false]);
  setClocks('2027-03-15T08:05:00.000Z');
  expect(await offersNine(here)).toEqual([true, true]);
});

test('other hours, and another grid, hold at once', async () => {
  const here = await aBookableDoctor(servers[0]);
  expect((await offered(here))[1]).toHaveLength(6);
  await here.clinic.settings({ slotIntervalMinutes: 60 });
  expect((await offered(here))[0]).toEqual(['08:00', '09:00', '10:00']);
  const closure = { name: 'Works outing', startDate: '2027-03-22', endDate: '2027-03-22' };
  expectStatus(await here.clinic.admin.api.post('/closures', closure), 201);
  expect((await offered(here))[1]).toEqual([]);
});

test('whoever comes to a clinic is found free by every process, and who leaves is not any more', async () => {
  const here = await aBookableDoctor(servers[0]);
  const { doctorId, serviceId, clinic } = here;
  expect(await freeDoctors(here)).toEqual([[doctorId], [doctorId]]);
  const colleague = await clinic.doctor([serviceId]);
  const both = [doctorId, colleague].sort();
  expect(await freeDoctors(here)).toEqual([both, both]);
  expectStatus(await clinic.admin.api.delete(`/doctors/${doctorId}`), 204);
  expect(await freeDoctors(here)).toEqual([[colleague], [colleague]]);
});

test('a window gets its part of days that were remembered as a whole', async () => {
  const here = await aBookableDoctor(servers[0]);
  await offered(here, ['2027-03-22T00:00:00Z', '2027-03-29T00:00:00Z']);
  const part = await offered(here, ['2027-03-22T08:30:00Z', '2027-03-23T08:30:00Z']);
  const expected = ['08:30', '09:00', '09:30', '10:00', '10:30', '08:00'];
  expect(part).toEqual([expected, expected]);
  expect((await offered(here, TODAY))[0]).toContain('08:00');
  setClocks('2027-03-15T08:00:00.001Z');
  expect((await offered(here, TODAY))[0]?.[0]).toBe('08:30');
});

test('a compact grid begins anew every five minutes, also where it is remembered', async () => {
  const here = await aBookableDoctor(servers[0]);
  await here.clinic.settings({ slotAnchor: 'compact' });
  for (const [now, first] of [
    ['2027-03-15T08:01:00Z', '08:05'],
    ['2027-03-15T08:04:00Z', '08:05'],
    ['2027-03-15T08:06:00Z', '08:10'],
  ] as const) {
    setClocks(now);
    expect((await offered(here, TODAY)).map(([start]) => start)).toEqual([first, first]);
  }
});

test('the seats of a shared visit are counted anew for each search', async () => {
  const here = await aBookableDoctor(servers[0], { capacity: 2 });
  expectStatus(await here.patient.api.post('/appointments', visitOf(here)), 201);
  expect(await offersNine(here)).toEqual([true, true]);
  const second = await here.clinic.patient();
  expectStatus(await second.api.post('/appointments', visitOf(here)), 201);
  expect(await offersNine(here)).toEqual([false, false]);
});

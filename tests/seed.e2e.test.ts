import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listEvents } from '../src/database/event-log.ts';
import { createAuditTrail } from '../src/database/audit.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { sql } from '../src/database/sql.ts';
import { createAnalytics } from '../src/domains/analytics/index.ts';
import { createApiClient } from '../src/seeds/api-client.ts';
import { createChance } from '../src/seeds/chance.ts';
import { fillClinic } from '../src/seeds/fill-clinic.ts';
import { aPerson } from '../src/seeds/people.ts';
import { planVisits, type VisitPlan } from '../src/seeds/visit-plan.ts';
import { createLogger } from '../src/shared/utils/logger.ts';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectCode, expectStatus } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let database: Awaited<ReturnType<typeof testDatabase>>;
let clinic: Clinic;
let doctorId: string;
let serviceId: string;
const fill = (seed: number) =>
  fillClinic(createApiClient(`${server.url}/api/v1`, { Authorization: `Bearer ${clinic.admin.token}` }), {
    database: database.database,
    audit: createAuditTrail(server.clock, server.config.masterKeys),
    chance: createChance(seed),
    now: server.clock.now(),
    patients: 30,
    pastDays: 14,
    withFigures: true,
    onProgress: () => undefined,
  });
beforeAll(async () => {
  server = await startTestServer({ auditSealMs: 50 });
  database = await testDatabase();
  clinic = await aClinic(server);
  serviceId = await clinic.service({ bufferAfterMinutes: 5 });
  doctorId = await clinic.doctor([serviceId]);
  await fill(1);
});
afterAll(() => Promise.all([server.stop(), database.close()]));

const get = async (path: string) => expectStatus(await clinic.admin.api.get(path), 200).body;
const DAY = ['2027-03-17T00:00:00Z', '2027-03-18T00:00:00Z'] as const;
const visits = (query: string): Promise<any[]> =>
  get(`/appointments?limit=100&${query}`).then(({ data }) => data);

test('the same number gives the same people and visits, another one others', () => {
  const now = new Date('2027-03-15T08:00:00Z');
  const plan: VisitPlan = {
    doctors: [
      {
        id: 'doctor',
        timezone: 'Europe/Berlin',
        rules: [1, 3].map((dayOfWeek) => ({ dayOfWeek, startTime: '09:00', endTime: '17:00' })),
      },
    ],
    services: [
      {
        id: 'service',
        durationMinutes: 30,
        bufferBeforeMinutes: 0,
        bufferAfterMinutes: 5,
        requiresConfirmation: true,
        price: null,
      },
    ],
    patientIds: ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'],
    actorId: 'actor',
    now,
    pastDays: 183,
  };
  const made = (seed: number) => {
    const chance = createChance(seed);
    return [aPerson(chance, now), [...planVisits(chance, plan)]];
  };
  expect(made(1)).toEqual(made(1));
  expect(made(1)).not.toEqual(made(2));
  const all = [...planVisits(createChance(1), plan)];
  expect(new Set(all.map(({ status }) => status)).size).toBe(7);
  expect([...planVisits(createChance(1), { ...plan, count: 1_000 })]).toHaveLength(1_000);
});

test('patients are found by their names, and the next one gets the next number', async () => {
  const { data } = await get('/patients?limit=100');
  expect(data).toHaveLength(30);
  const { id, lastName, medicalRecordNumber } = data[7];
  const found = await get(`/patients?limit=100&q=${encodeURIComponent(lastName.slice(0, 4))}`);
  expect(found.data.map((patient: { id: string }) => patient.id)).toContain(id);
  expect(medicalRecordNumber).toBe('P-000008');
  const person = { firstName: 'Nobody', lastName: 'Else', dateOfBirth: '1990-01-01' };
  const entered = expectStatus(await clinic.admin.api.post('/patients', person), 201).body;
  expect(entered.medicalRecordNumber).toBe('P-000031');
});

test('a visit has a history that leads to its status, and goes on from there', async () => {
  const [past] = await visits('status=completed&from=2027-03-01T00:00:00Z&to=2027-03-15T00:00:00Z');
  const history = await get(`/appointments/${past.id}/history`);
  const statuses = history.data.map(({ toStatus }: { toStatus: string }) => toStatus);
  expect(statuses).toEqual(['confirmed', 'checked_in', 'in_progress', 'completed']);
  expect(past.version).toBe(4);
  const [cancelled] = await visits('status=cancelled&from=2027-03-01T00:00:00Z&to=2027-05-01T00:00:00Z');
  expect(cancelled.cancellation).toMatchObject({ cancelledBy: clinic.admin.userId });

  const [coming] = await visits(`status=confirmed&from=${DAY[0]}&to=${DAY[1]}`);
  const after = expectStatus(await clinic.admin.api.delete(`/appointments/${coming.id}`), 200).body;
  expect(after).toMatchObject({ status: 'cancelled', version: 2 });
  const again = { doctorId, serviceId, patientId: coming.patientId, startsAt: coming.startsAt };
  expectStatus(await clinic.admin.api.post('/appointments', again), 201);
});

test('time that is taken is not offered and cannot be booked; what is free can', async () => {
  const booked = await visits(`status=confirmed&from=${DAY[0]}&to=${DAY[1]}`);
  expect(booked.length).toBeGreaterThan(0);
  const { data: free } = await get(
    `/doctors/${doctorId}/slots?serviceId=${serviceId}&from=${DAY[0]}&to=${DAY[1]}`,
  );
  const starts = free.map(({ startsAt }: { startsAt: string }) => startsAt);
  for (const { startsAt } of booked) expect(starts).not.toContain(startsAt);
  const patient = await clinic.patient();
  const book = (startsAt: string) =>
    clinic.admin.api.post('/appointments', { doctorId, serviceId, patientId: patient.patientId, startsAt });
  expectCode(await book(booked[0].startsAt), 'slot_taken');
  const week = await get(
    `/doctors/${doctorId}/slots?serviceId=${serviceId}&from=${DAY[0]}&to=2027-04-20T00:00:00Z`,
  );
  expectStatus(await book(week.data[0].startsAt), 201);
});

test('figures count what was loaded, also when they are made anew', async () => {
  const counted = async () => {
    const summary = await get('/analytics/summary?from=2027-03-01&to=2027-04-30');
    const { workingMinutes } = await get('/analytics/utilization?from=2027-03-01&to=2027-03-14');
    return { ...summary, workingMinutes };
  };
  const listed: Record<string, number> = {};
  for (const status of [
    'pending',
    'confirmed',
    'checked_in',
    'in_progress',
    'completed',
    'cancelled',
    'no_show',
  ])
    listed[status] = (
      await visits(`status=${status}&from=2027-02-28T23:00:00Z&to=2027-04-30T22:00:00Z`)
    ).length;
  const total = Object.values(listed).reduce((sum, each) => sum + each, 0);
  expect(Math.max(...Object.values(listed))).toBeLessThan(100);
  const figures = await until(async () => {
    const found = await counted();
    return found.appointments === total && found.workingMinutes > 0 ? found : undefined;
  });
  expect(figures.byStatus).toEqual(listed);
  expect(figures.byStatus.completed).toBeGreaterThan(0);

  const { tenantId } = clinic;
  const db = database.database.read(tenantId);
  await db.run(sql`UPDATE analytics_days SET completed = completed + 3 WHERE tenant_id = ${db.tenant}`);
  expect((await counted()).byStatus).not.toEqual(listed);
  const { analytics } = createAnalytics({
    database: database.database,
    clock: server.clock,
    logger: createLogger(server.config),
    timezoneOf: () => Promise.resolve('Europe/Berlin'),
    announceHours: () => Promise.resolve(),
    eventsOf: (id, page) => listEvents(database.database.read(id), page),
  });
  await analytics.rebuild(tenantId, () => undefined);
  expect(await counted()).toEqual(figures);
});

test('filling once more adds to what is there, takes nobody’s time, and leaves the audit trail whole', async () => {
  const before = await visits(`from=${DAY[0]}&to=2027-04-20T00:00:00Z`);
  await fill(2);
  const after = await visits(`from=${DAY[0]}&to=2027-04-20T00:00:00Z`);
  expect(after).toEqual(expect.arrayContaining(before.slice(0, 3)));
  const taken = after.filter(({ status }) => status === 'confirmed').map(({ startsAt }) => startsAt);
  expect(new Set(taken).size).toBe(taken.length);
  const trail = await until(async () => {
    const found = await get('/audit-logs/verify');
    return found.unsealedRows === 0 ? found : undefined;
  });
  expect(trail).toMatchObject({ valid: true });
});

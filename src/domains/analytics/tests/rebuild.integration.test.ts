import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../../database/db.ts';
import { listEvents } from '../../../database/event-log.ts';
import { bin, sql } from '../../../database/sql.ts';
import { testDatabase } from '../../../database/tests/test-database.ts';
import { parseConfig } from '../../../shared/config/config.ts';
import { newId } from '../../../shared/types/id.ts';
import { createLogger } from '../../../shared/utils/logger.ts';
import type { HappenedEvent } from '../models/source-event.ts';
import { createCollector } from '../services/collector.ts';
import { createProjector, type Projector } from '../services/projector.ts';
import { type EventsOf, createRebuilds } from '../services/rebuilds.ts';
import { happenings, steps } from './random-history.ts';

let database: Database;
let close: () => Promise<void>;
let projector: Projector;
let rebuild: ReturnType<typeof createRebuilds>['rebuild'];
const timezoneOf = () => Promise.resolve('Europe/Berlin');
const collect = createCollector({ timezoneOf });
beforeAll(async () => {
  ({ database, close } = await testDatabase());
  const clock = { now: () => new Date('2027-04-10T12:00:00Z') };
  const logger = createLogger({ ...parseConfig({}), logLevel: 'silent' });
  projector = createProjector({ database, clock, logger, timezoneOf });
  const announceHours = () => Promise.resolve();
  const slow = createProjector({ database, clock, logger, timezoneOf, partsInARow: 1 });
  const eventsOf: EventsOf = (tenantId, page) => listEvents(database.read(tenantId), page);
  ({ rebuild } = createRebuilds({ database, projector: slow, collect, eventsOf, announceHours }));
});
afterAll(() => close());

const take = (tenantId: string, events: readonly HappenedEvent[]) =>
  database.transaction({ tenantId }, async (tx) => {
    for (const event of events) await collect(tx, { ...event, tenantId });
  });
const count = async (tenantId: string) => {
  while (await projector.advance(tenantId));
};

/** Every figure of a clinic, as it is stored. */
const figuresOf = async (tenantId: string) => {
  const db = database.read(tenantId);
  const rowsOf = async (rows: Promise<object[]>) =>
    (await rows).map((row) => JSON.stringify({ ...row, tenant_id: undefined })).sort();
  return {
    visits: await rowsOf(db.many(sql`SELECT * FROM analytics_visits WHERE tenant_id = ${db.tenant}`)),
    days: await rowsOf(db.many(sql`SELECT * FROM analytics_days WHERE tenant_id = ${db.tenant}`)),
    hours: await rowsOf(db.many(sql`SELECT * FROM analytics_hours WHERE tenant_id = ${db.tenant}`)),
    working: await rowsOf(db.many(sql`SELECT * FROM analytics_working WHERE tenant_id = ${db.tenant}`)),
    waits: await rowsOf(db.many(sql`SELECT * FROM analytics_waits WHERE tenant_id = ${db.tenant}`)),
  };
};

const spoil = async (tenantId: string) => {
  const db = database.read(tenantId);
  await db.run(sql`UPDATE analytics_days SET completed = completed + 3 WHERE tenant_id = ${db.tenant}`);
  await db.run(sql`DELETE FROM analytics_hours WHERE tenant_id = ${db.tenant} AND local_hour % 2 = 0`);
  await db.run(sql`
    UPDATE analytics_visits SET first_visit = NOT first_visit, minutes = IF(local_hour % 2 = 0, 1, minutes)
    WHERE tenant_id = ${db.tenant}`);
  // A visit that nobody has told of, and that would be the first of its patient.
  await db.run(sql`
    INSERT INTO analytics_visits (tenant_id, id, patient_id, doctor_id, location_id, service_id, starts_at, minutes,
      local_date, local_hour, status, lead_hours, late_cancelled, reminded, attendance_confirmed, first_visit)
    SELECT tenant_id, ${bin(newId())}, patient_id, doctor_id, location_id, service_id, '2020-01-01', 30, '2020-01-01', 1,
      'completed', 0, FALSE, FALSE, FALSE, TRUE
    FROM analytics_visits WHERE tenant_id = ${db.tenant} ORDER BY id LIMIT 1`);
  await db.run(sql`UPDATE analytics_working SET minutes = 7 WHERE tenant_id = ${db.tenant}`);
  await db.run(sql`UPDATE analytics_waits SET status = 'left' WHERE tenant_id = ${db.tenant}`);
};

const shuffled = <Item>(items: readonly Item[], seed: number): Item[] =>
  items
    .map((item, at) => ({ item, rank: ((at + 1) * (2_654_435_761 + seed * 40_503)) % 4_294_967_291 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);

test('figures are the same one by one, late and twice, and made anew; and what happened is what they say', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(1_000), fc.integer({ min: 1, max: 9 }), async (history, seed, atOnce) => {
      const [orderly, disorderly] = [newId(), newId()];
      const { events, appointments, survivorOf } = happenings(history, orderly);

      for (const event of events) {
        await take(orderly, [event]);
        await count(orderly);
      }
      const twice = shuffled([...events, ...events.slice(0, events.length / 2)], seed);
      for (let at = 0; at < twice.length; at += atOnce) {
        await take(disorderly, twice.slice(at, at + atOnce));
        await count(disorderly);
      }
      const figures = await figuresOf(orderly);
      expect(await figuresOf(disorderly)).toEqual(figures);

      await spoil(orderly);
      await rebuild(orderly, () => undefined);
      expect(await figuresOf(orderly)).toEqual(figures);

      const db = database.read(orderly);
      const sums = await db.one(sql`
        SELECT CAST(COALESCE(SUM(cancelled), 0) AS SIGNED) AS cancelled, CAST(COALESCE(SUM(no_show), 0) AS SIGNED) AS missed,
          CAST(COALESCE(SUM(completed), 0) AS SIGNED) AS completed
        FROM analytics_days WHERE tenant_id = ${db.tenant}`);
      const countOf = (wanted: string) => appointments.filter(({ status }) => status === wanted).length;
      expect(sums).toEqual({
        cancelled: countOf('cancelled'),
        missed: countOf('no_show'),
        completed: countOf('completed'),
      });
      const kept = appointments.filter(({ status }) => status !== 'cancelled' && status !== 'no_show');
      const first = await db.one<{ visits: number }>(sql`
        SELECT COUNT(*) AS visits FROM analytics_visits WHERE tenant_id = ${db.tenant} AND first_visit`);
      expect(first?.visits).toBe(new Set(kept.map(({ patientId }) => survivorOf(patientId))).size);
    }),
    { numRuns: 8 },
  );
});

test('a time that several patients share is booked once, and pays for each who keeps it', async () => {
  const tenantId = newId();
  const [doctorId, serviceId] = [newId(), newId()];
  const statuses = ['cancelled', 'confirmed', 'completed', 'no_show'];
  const events = statuses.map((status): HappenedEvent => {
    const appointment = {
      ...{ id: newId(), doctorId, serviceId, patientId: newId(), locationId: null, status, version: 1 },
      ...{ startsAt: '2027-03-22T08:00:00.000Z', endsAt: '2027-03-22T08:30:00.000Z' },
      createdAt: '2027-03-01T00:00:00.000Z',
    };
    const payload = { appointment, price: { amount: 100, currency: 'EUR' } };
    return { id: newId(), tenantId, type: 'appointment.booked', payload, occurredAt: new Date() };
  });
  await take(tenantId, events);
  await count(tenantId);
  const db = database.read(tenantId);
  const days = await db.many(sql`
    SELECT cancelled, confirmed, completed, no_show AS missed, booked_minutes AS minutes, booked_amount AS booked,
      completed_amount AS earned, currency
    FROM analytics_days WHERE tenant_id = ${db.tenant}`);
  const once = { cancelled: 1, confirmed: 1, completed: 1, missed: 1 };
  expect(days).toEqual([{ ...once, minutes: 30, booked: 200, earned: 100, currency: 'EUR' }]);
  const hours = await db.many(sql`
    SELECT local_hour AS hour, visits, no_shows AS missed FROM analytics_hours WHERE tenant_id = ${db.tenant}`);
  expect(hours).toEqual([{ hour: 9, visits: 3, missed: 1 }]);
});

test('a rebuild goes on where it was stopped', async () => {
  const tenantId = newId();
  const history = Array.from({ length: 260 }, (_, at) => ({
    what: 'book' as const,
    which: at,
    who: at,
    slot: at,
    amount: null,
  }));
  await take(tenantId, happenings(history, tenantId).events);
  await count(tenantId);
  const figures = await figuresOf(tenantId);
  await spoil(tenantId);
  const stop = new Error('stopped');
  const stages: string[] = [];
  const stopped = rebuild(tenantId, ({ stage }) => {
    stages.push(stage);
    if (stage === 'subjects') throw stop;
  });
  await expect(stopped).rejects.toBe(stop);
  expect(stages).toEqual(['subjects']);
  expect(await figuresOf(tenantId)).not.toEqual(figures);
  await count(tenantId);
  expect(await figuresOf(tenantId)).toEqual(figures);
});

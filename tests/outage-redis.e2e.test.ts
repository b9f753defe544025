import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createDatabase } from '../src/database/db.ts';
import { createAnswerSeal } from '../src/database/idempotency.ts';
import { createPool } from '../src/database/pool.ts';
import { sql } from '../src/database/sql.ts';
import { until } from '../src/shared/tests/until.ts';
import { createLogger } from '../src/shared/utils/logger.ts';
import { createRedis } from '../src/shared/utils/redis.ts';
import { aBookableClinic } from './support/bookable.ts';
import { aClinic, expectStatus, PASSWORD } from './support/clinic.ts';
import { listen, type Listener } from './support/listener.ts';
import { type PrivateServers, serve, startPrivateServers } from './support/private-servers.ts';

type Server = Awaited<ReturnType<typeof serve>>;

let servers: PrivateServers;
let server: Server;
let listeners: Listener[] = [];
beforeAll(async () => {
  servers = await startPrivateServers();
});
afterEach(async () => {
  for (const listener of listeners) listener.close();
  listeners = [];
  await server.stop();
});
afterAll(() => servers.remove());

/** A clinic that can be booked, and its admin's calendar that shows what is booked. */
const openClinic = async () => {
  const here = await aBookableClinic(server);
  return { ...here, calendar: await watch(here.clinic.admin.token) };
};
const watch = async (token: string) => {
  const listener = await listen(server.url, token);
  listeners.push(listener);
  return listener;
};

const health = async () => {
  const response = await fetch(`${server.url}/health`);
  return { status: response.status, body: (await response.json()) as any };
};

const unpublished = async (): Promise<number> => {
  const database = createDatabase(createPool(servers.config.database), createAnswerSeal('test'));
  const row = await database.system.one<{ waiting: number }>(
    sql`SELECT count(*) AS waiting FROM outbox WHERE published_at IS NULL`,
  );
  await database.close();
  return row?.waiting ?? 0;
};

const emptyRedis = async () => {
  const redis = createRedis(servers.config.redis, createLogger(servers.config));
  await until(() => redis.status === 'ready');
  await redis.flushall();
  redis.disconnect();
};

/** The n-th half hour of the mornings from 22 March on. */
const slot = (n: number) =>
  new Date(
    Date.parse('2027-03-22T08:00:00Z') + Math.floor(n / 4) * 86_400_000 + (n % 4) * 1_800_000,
  ).toISOString();

describe('while Redis is away', () => {
  test('signing up, logging in, reading, booking and logging out go on, and nobody gets in who has logged out', async () => {
    server = await serve(servers.config);
    const { clinic, patient, slotsPath, book } = await aBookableClinic(server);
    await servers.redis.stop();
    try {
      expect(await health()).toMatchObject({
        status: 200,
        body: { status: 'degraded', checks: { database: { status: 'up' }, redis: { status: 'down' } } },
      });
      expectStatus(await patient.api.get(slotsPath), 200);
      expectStatus(await book(), 201);
      await aClinic(server);
      const login = { email: patient.email, password: PASSWORD };
      const { accessToken } = expectStatus(await clinic.anyone.post('/auth/login', login), 200).body.tokens;
      const again = clinic.anyone.with({ Authorization: `Bearer ${accessToken}` });
      expectStatus(await again.get('/auth/me'), 200);
      expectStatus(await again.post('/auth/logout'), 204);
      expectStatus(await again.get('/auth/me'), 401);
      expectStatus(await patient.api.get('/auth/me'), 200);
    } finally {
      await servers.redis.restart();
    }
    await until(async () => (await health()).body.status === 'ok');
    expectStatus(await patient.api.get('/auth/me'), 200);
  });

  test('events wait in the outbox, and arrive when it is back; the relay goes on', async () => {
    server = await serve(servers.config);
    const { clinic, book, calendar } = await openClinic();
    await servers.redis.stop();
    let early: Listener;
    const booked: string[] = [];
    try {
      booked.push((await book('1', slot(0))).body.id, (await book('2', slot(1))).body.id);
      early = await watch(clinic.admin.token);
      expect(await unpublished()).toBeGreaterThanOrEqual(2);
      expect(calendar.created).toEqual([]);
    } finally {
      await servers.redis.restart();
    }
    await Promise.all([calendar.hears(booked), early.hears(booked)]);
    const { id } = expectStatus(await book('3', slot(2)), 201).body;
    await Promise.all([calendar.hears([id]), early.hears([id])]);
    await until(async () => (await unpublished()) === 0);
    expect(calendar.isConnected()).toBe(true);
  });

  test('a server starts and serves, and tells of what happened when Redis comes', async () => {
    await servers.redis.stop();
    let booked: string;
    let calendar: Listener;
    try {
      server = await serve(servers.config);
      const here = await openClinic();
      calendar = here.calendar;
      booked = expectStatus(await here.book(), 201).body.id;
    } finally {
      await servers.redis.restart();
    }
    await calendar.hears([booked]);
  });
});

describe('when Redis loses everything it holds', () => {
  test('in the middle of bookings, every booking is still told', async () => {
    server = await serve(servers.config);
    const { book, calendar } = await openClinic();
    const booked: string[] = [];
    for (let n = 0; n < 12; n++) {
      if (n % 4 === 2) void emptyRedis();
      booked.push(expectStatus(await book(String(n), slot(n)), 201).body.id);
    }
    await calendar.hears(booked);
    await emptyRedis();
    const { id } = expectStatus(await book('last', slot(12)), 201).body;
    await calendar.hears([id]);
  });

  test('sessions go on, and who has logged out stays out', async () => {
    server = await serve(servers.config);
    const { clinic, patient } = await aBookableClinic(server);
    const stranger = await clinic.patient();
    expectStatus(await stranger.api.post('/auth/logout'), 204);
    await emptyRedis();
    expectStatus(await patient.api.get('/auth/me'), 200);
    expectStatus(await stranger.api.get('/auth/me'), 401);
  });
});

describe('while Redis is frozen', () => {
  test('requests are answered in bounded time, and events arrive when it goes on', async () => {
    server = await serve(servers.config);
    const { clinic, patient, slotsPath, book, calendar } = await openClinic();
    let booked: string;
    process.kill(servers.redis.pid(), 'SIGSTOP');
    try {
      const startedAt = performance.now();
      const login = { email: patient.email, password: PASSWORD };
      const [booking] = await Promise.all([
        book(),
        patient.api.get(slotsPath),
        clinic.anyone.post('/auth/login', login),
      ]);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      booked = expectStatus(booking, 201).body.id;
      expect((await health()).body.status).toBe('degraded');
    } finally {
      process.kill(servers.redis.pid(), 'SIGCONT');
    }
    await calendar.hears([booked]);
  });
});

describe('a start with everything there', () => {
  test('is not worth a warning', async () => {
    const warnings: string[] = [];
    const logger = createLogger(
      { logLevel: 'warn', appName: 'test' },
      { write: (line) => warnings.push(line) },
    );
    server = await serve(servers.config, logger);
    const { book, calendar } = await openClinic();
    await calendar.hears([expectStatus(await book(), 201).body.id]);
    expect(warnings).toEqual([]);
  });
});

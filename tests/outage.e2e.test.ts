import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGate } from '../src/shared/tests/gate.ts';
import { until } from '../src/shared/tests/until.ts';
import type { Answer } from './support/api.ts';
import { aBookableClinic, MONDAY_9 } from './support/bookable.ts';
import { expectStatus, PASSWORD } from './support/clinic.ts';
import { lockTable } from './support/lock.ts';
import { type PrivateServers, serve, startPrivateServers } from './support/private-servers.ts';

let servers: PrivateServers;
beforeAll(async () => {
  servers = await startPrivateServers();
});
afterAll(() => servers.remove());

const DAY_MS = 24 * 60 * 60 * 1_000;

type Server = Awaited<ReturnType<typeof serve>>;
/** Serves with other database settings for as long as `use` takes. */
const withServer = async (settings: object, use: (server: Server) => Promise<void>) => {
  const { config } = servers;
  const server = await serve({ ...config, database: { ...config.database, ...settings } });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
};

const signUp = (name: string) => ({
  name,
  subdomain: name,
  timezone: 'UTC',
  owner: { email: 'admin@example.org', password: PASSWORD, firstName: 'A', lastName: 'B' },
});

const health = async ({ url }: Server, path = '') => {
  const response = await fetch(`${url}/health${path}`);
  return { status: response.status, body: (await response.json()) as any };
};

/** Every answer says that it is for later, and none lets the caller wait for more than `withinMs`. */
const expectUnavailable = async (withinMs: number, requests: readonly (() => Promise<Answer>)[]) => {
  const startedAt = performance.now();
  const answers = await Promise.all(requests.map((request) => request()));
  expect(performance.now() - startedAt).toBeLessThan(withinMs);
  for (const { status, body, headers } of answers) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2']);
    expect(headers.get('content-type')).toContain('application/problem+json');
  }
};

describe('while MySQL is stopped', () => {
  test('every request is answered 503 at once, health tells why, and the same process serves when MySQL is back', () =>
    withServer({}, async (server) => {
      const { clinic, patient, slotsPath, book } = await aBookableClinic(server);
      await servers.database.stop();
      await expectUnavailable(3_000, [
        () => patient.api.get(slotsPath),
        () => patient.api.get('/appointments'),
        () => book(),
        () => book('key'),
        () => clinic.anyone.post('/auth/login', { email: patient.email, password: PASSWORD }),
        () => server.api.post('/tenants', signUp('not-now')),
      ]);
      expect(await health(server)).toMatchObject({
        status: 503,
        body: { status: 'unavailable', checks: { database: { status: 'down' }, redis: { status: 'up' } } },
      });
      expect((await health(server, '/ready')).status).toBe(503);
      expect((await health(server, '/live')).status).toBe(200);

      await servers.database.restart();
      expectStatus(await book('key'), 201);
      expectStatus(await patient.api.get(slotsPath), 200);
      expect(await health(server)).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect((await health(server, '/ready')).status).toBe(200);
    }));

  test('a server starts, and serves when MySQL comes', async () => {
    await servers.database.stop();
    await withServer({}, async (server) => {
      expect((await health(server, '/live')).status).toBe(200);
      expect((await health(server, '/ready')).status).toBe(503);
      await expectUnavailable(3_000, [() => server.api.post('/tenants', signUp('early-bird'))]);
      await servers.database.restart();
      expectStatus(await server.api.post('/tenants', signUp('early-bird')), 201);
    });
  });
});

describe('a booking', () => {
  test('that MySQL dies under is 503 and leaves nothing behind; repeated with its key it books exactly once', () =>
    withServer({}, async (server) => {
      const { patient, slotsPath, book, booked } = await aBookableClinic(server);
      const before = (await patient.api.get(slotsPath)).body;
      const lock = await lockTable(servers.config.database, 'outbox');
      const halfDone = book('key');
      await lock.metBySomebody();
      await servers.database.kill();
      const { status, body } = await halfDone;
      expect([status, body.code]).toEqual([503, 'unavailable']);

      await servers.database.restart();
      expect(await booked()).toEqual([]);
      expect((await patient.api.get(slotsPath)).body).toEqual(before);
      const first = expectStatus(await book('key'), 201);
      const again = expectStatus(await book('key'), 201);
      expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
        null,
        'true',
      ]);
      expect(again.body).toEqual(first.body);
      expect(await booked()).toHaveLength(1);
    }));

  test('whose connection is cut at any moment, repeated with its key until it is answered, exists exactly once', async () => {
    const gate = await createGate(servers.config.database);
    await withServer({ host: '127.0.0.1', port: gate.port }, async (server) => {
      const { book, booked } = await aBookableClinic(server);
      const ids = new Set<string>();
      for (let round = 0; round < 9; round++) {
        const startsAt = new Date(Date.parse(MONDAY_9) + round * DAY_MS).toISOString();
        const cut = sleep(round * 2).then(gate.shut);
        const first = await book(`key-${round}`, startsAt);
        await cut;
        await gate.open();
        if (first.status !== 201) expect(first.body.code).toBe('unavailable');
        ids.add(expectStatus(await book(`key-${round}`, startsAt), 201).body.id);
      }
      expect(new Set((await booked()).map(({ id }) => id))).toEqual(ids);
      expect(ids.size).toBe(9);
    });
    await gate.shut();
  });
});

describe('while MySQL is frozen', () => {
  test('every request is answered 503 in bounded time, and all is well when it goes on', () =>
    withServer({ poolSize: 4, acquireTimeoutMs: 500, statementTimeoutMs: 200 }, async (server) => {
      const { patient, slotsPath, book } = await aBookableClinic(server);
      process.kill(servers.database.pid(), 'SIGSTOP');
      try {
        const requests = [() => patient.api.get(slotsPath), () => book('key'), () => book()];
        await expectUnavailable(5_000, [...requests, ...requests, ...requests]);
        await expectUnavailable(5_000, requests);
        expect((await health(server, '/live')).status).toBe(200);
        expect((await health(server, '/ready')).status).toBe(503);
        expect((await health(server)).body.checks.database.latencyMs).toBeLessThan(1_500);
      } finally {
        process.kill(servers.database.pid(), 'SIGCONT');
      }
      await until(async () => (await health(server, '/ready')).status === 200);
      expectStatus(await book('key'), 201);
    }));
});

describe('while every connection of the pool is in use', () => {
  test('a request is answered 503 after the acquire timeout, and the next one is served', () =>
    withServer({ poolSize: 3, acquireTimeoutMs: 300 }, async (server) => {
      const { clinic, patient, book } = await aBookableClinic(server);
      const logIn = () => clinic.anyone.post('/auth/login', { email: patient.email, password: PASSWORD });
      const lock = await lockTable(servers.config.database, 'appointments');
      const holding = book();
      await lock.metBySomebody();
      // More than there are connections: those that come first keep them, the rest stand before whoever comes now.
      const waiting = Array.from({ length: 5 }, () => patient.api.get('/appointments'));
      await expectUnavailable(2_000, [logIn, logIn, logIn]);
      await lock.release();
      expectStatus(await holding, 201);
      await Promise.all(waiting);
      expectStatus(await logIn(), 200);
    }));
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { testConfig } from '../src/database/tests/test-database.ts';
import { newId } from '../src/shared/types/id.ts';
import { hasNats, type PrivateNats, startPrivateNats } from '../src/events/tests/nats-bed.ts';
import { until } from '../src/shared/tests/until.ts';
import { aBookableClinic } from './support/bookable.ts';
import { expectStatus } from './support/clinic.ts';
import { lettersTo } from './support/letters.ts';
import { listen, type Listener } from './support/listener.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

(hasNats ? describe : describe.skip)('with NATS as the bus', () => {
  let nats: PrivateNats;
  const servers: TestServer[] = [];
  const listeners: Listener[] = [];
  beforeAll(async () => {
    nats = await startPrivateNats();
  });
  afterEach(async () => {
    for (const listener of listeners.splice(0)) listener.close();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    if (!nats.isRunning()) await nats.restart();
  });
  afterAll(() => nats.remove());

  /** Apart from other tests, whose events would all be told again over a bus that knows none of them. */
  const { database } = testConfig();
  const ownDatabase = { ...database, name: `${database.name}_nats` };

  /** A stream of its own for each test, since the server may be emptied. */
  const serve = async (eventStream = newId()) => {
    const server = await startTestServer({
      database: ownDatabase,
      eventBus: 'nats',
      eventStream,
      streamPrefix: `{${eventStream}}`,
      nats: nats.settings,
    });
    servers.push(server);
    return server;
  };
  const open = async (server: TestServer) => {
    const here = await aBookableClinic(server);
    const calendar = await listen(server.url, here.clinic.admin.token);
    listeners.push(calendar);
    return { ...here, calendar };
  };
  const health = async ({ url }: TestServer) =>
    (await (await fetch(`${url}/health`)).json()) as {
      status: string;
      checks: Record<string, { status: string }>;
    };

  test('a booking at one process reaches a socket at another, a letter, the figures of analytics, and /metrics', async () => {
    const eventStream = newId();
    const [server, other] = [await serve(eventStream), await serve(eventStream)];
    const { clinic, patient, book } = await open(server);
    const calendar = await listen(other.url, clinic.admin.token);
    listeners.push(calendar);
    const { id } = expectStatus(await book(), 201).body;
    await calendar.hears([id]);
    await until(async () =>
      (await lettersTo(server, patient.email)).some(({ text }) => text.includes('09:00')),
    );
    await until(async () => {
      const path = '/analytics/summary?from=2027-03-22&to=2027-03-28';
      return expectStatus(await clinic.admin.api.get(path), 200).body.appointments === 1;
    });
    expect(await health(server)).toMatchObject({ status: 'ok', checks: { nats: { status: 'up' } } });
    const consumers = ['websocket', 'notifications', 'webhooks', 'waitlist', 'analytics'];
    const figures = consumers.flatMap((name) => [
      `event_stream_lag_events{consumer="${name}"} 0`,
      `event_stream_pending_events{consumer="${name}"} 0`,
    ]);
    await until(async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return ['event_bus_up{bus="nats"} 1', ...figures].every((figure) => metrics.includes(figure));
    });
  });

  test('a server starts and books without it, and tells of all when it is there', async () => {
    await nats.stop();
    const server = await serve();
    const { book, calendar } = await open(server);
    const { id } = expectStatus(await book(), 201).body;
    expect(await health(server)).toMatchObject({ status: 'degraded', checks: { nats: { status: 'down' } } });
    await nats.restart();
    await calendar.hears([id]);
    await until(async () => (await health(server)).status === 'ok');
  });

  test('killed, and back with nothing, it is told of what was booked meanwhile', async () => {
    const server = await serve();
    const { book, calendar } = await open(server);
    const first = expectStatus(await book('1'), 201).body.id;
    await calendar.hears([first]);
    await nats.kill();
    const second = expectStatus(await book('2', '2027-03-22T08:30:00.000Z'), 201).body.id;
    nats.empty();
    await nats.restart();
    await calendar.hears([second]);
    expect(calendar.created).toEqual([first, second]);
  });
});

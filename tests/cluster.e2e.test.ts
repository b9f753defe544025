import { beforeAll, describe, expect, test } from '@jest/globals';
import { io } from 'socket.io-client';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectStatus } from './support/clinic.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

const WORKERS = 2;

let server: ServerProcess;
let clinic: Clinic;
beforeAll(async () => {
  server = await startServerProcess({ WORKERS: String(WORKERS), SHUTDOWN_LINGER_MS: '1500' });
  await until(() => server.said.out.includes('All workers serve'), 60_000);
  clinic = await aClinic(server);
}, 90_000);

const lines = () =>
  server.said.out
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));
/** The processes that were said to serve, in this order. */
const served = (): number[] =>
  lines().flatMap(({ msg, worker }) => (msg === 'A worker serves' ? [worker] : []));
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('SIGHUP replaces every worker, and no request fails meanwhile', async () => {
  const before = served();
  expect(before).toHaveLength(WORKERS);
  const statuses: (number | string)[] = [];
  let isOver = false;
  // A client may send on a connection that is kept just when it is closed; HTTP leaves the repetition to the client.
  const api = clinic.admin.api.with({ Connection: 'close' });
  const callers = Array.from({ length: 8 }, async (_, i) => {
    while (!isOver) {
      const answer =
        i % 2 === 0
          ? api.get('/services')
          : api.post('/services', { name: `S ${statuses.length} ${i}`, durationMinutes: 30 });
      statuses.push(await answer.then(({ status }) => status, String));
    }
  });
  server.signal('SIGHUP');
  await until(() => before.every((pid) => !isAlive(pid)), 60_000);
  await until(() => server.said.out.includes('The workers have been replaced'));
  isOver = true;
  await Promise.all(callers);
  expect(new Set(statuses)).toEqual(new Set([200, 201]));
  expect(statuses.length).toBeGreaterThan(20);
  expect(served()).toHaveLength(2 * WORKERS);
}, 90_000);

test('a worker that is killed is replaced', async () => {
  const [victim = 0] = served().slice(-WORKERS);
  const known = served().length;
  process.kill(victim, 'SIGKILL');
  await until(() => served().length > known, 60_000);
  expectStatus(await clinic.admin.api.get('/services'), 200);
}, 60_000);

describe('sockets', () => {
  test.each([['polling'], ['polling', 'websocket'], ['websocket']])(
    'connect, and hear of bookings that another worker made: %s first',
    async (...transports) => {
      const { admin } = clinic;
      const doctorId = await clinic.doctor([]);
      const clients = Array.from({ length: 4 }, () =>
        io(server.url, { auth: { token: admin.token }, transports, forceNew: true, reconnectionDelay: 50 }),
      );
      const subscribed = new Set<unknown>();
      const heard = new Set<unknown>();
      for (const client of clients) {
        client.on('connect', () => {
          client.emit('subscribe', { doctorId }, () => subscribed.add(client));
        });
        client.on('doctor_status_changed', () => heard.add(client));
      }
      await until(() => subscribed.size === clients.length);
      // Who had to connect again hears of the next change.
      for (let i = 0; heard.size < clients.length; i++) {
        const status = i % 2 === 0 ? 'busy' : 'away';
        expectStatus(await admin.api.put(`/doctors/${doctorId}/status`, { status }), 200);
        await until(() => heard.size === clients.length, 2_000).catch(() => undefined);
      }
      for (const client of clients) client.disconnect();
    },
  );
});

test('figures are those of all workers together', async () => {
  const count = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return Number(
      /^http_request_duration_seconds_count\{.*route="\/services\/:id",status="404"\} (\d+)/m.exec(
        text,
      )?.[1] ?? 0,
    );
  };
  const asked = 12;
  for (let i = 0; i < asked; i++)
    await clinic.admin.api.get(`/services/${clinic.tenantId}`, { Connection: 'close' });
  expect(await count()).toBe(asked);
});

test('SIGTERM ends every worker, and then the first process', async () => {
  const pids = served().filter(isAlive);
  expect(pids).toHaveLength(WORKERS);
  server.signal('SIGTERM');
  expect(await server.exited).toEqual({ code: 0, signal: null });
  expect(pids.filter(isAlive)).toEqual([]);
});

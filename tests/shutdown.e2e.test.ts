import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { testConfig } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { aBookableClinic, type Bookable, freeStart } from './support/bookable.ts';
import { expectStatus } from './support/clinic.ts';
import { listen } from './support/listener.ts';
import { lockTable, type TableLock } from './support/lock.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

const running: ServerProcess[] = [];
const start = async (settings: Record<string, string> = {}) => {
  const server = await startServerProcess(settings);
  running.push(server);
  return server;
};
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.signal('SIGKILL');
    await server.exited;
  }
});

type InTheMiddle = { booking: ReturnType<Bookable['book']>; lock: TableLock; clinic: Bookable };
/** A server with a booking that has begun and cannot end before the lock is released. */
const inTheMiddleOfABooking = async (server: ServerProcess): Promise<InTheMiddle> => {
  await server.serves();
  const clinic = await aBookableClinic(server);
  const startsAt = await freeStart(clinic);
  const lock = await lockTable(testConfig().database, 'appointments');
  const booking = clinic.book('key', startsAt);
  booking.catch(() => undefined); // Some tests cut it off.
  await lock.metBySomebody();
  return { booking, lock, clinic };
};

describe('SIGTERM', () => {
  test('lets the running booking end, refuses new connections, closes sockets and exits with 0', async () => {
    const server = await start();
    const { booking, lock, clinic } = await inTheMiddleOfABooking(server);
    const calendar = await listen(server.url, clinic.clinic.admin.token);
    server.signal('SIGTERM');
    await server.refuses();
    await lock.release();
    const { status, headers, body } = await booking;
    expect([status, headers.get('connection')]).toEqual([201, 'close']);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await until(() => !calendar.isConnected());
    calendar.close();

    const next = await start();
    await next.serves();
    const caller = next.api.with({ Authorization: `Bearer ${clinic.patient.token}` });
    expect(expectStatus(await caller.get(`/appointments/${body.id}`), 200).body.status).toBe('confirmed');
  });

  test('a second one exits at once', async () => {
    const server = await start();
    const { lock } = await inTheMiddleOfABooking(server);
    server.signal('SIGTERM');
    await server.refuses();
    server.signal('SIGTERM');
    expect(await server.exited).toEqual({ code: 1, signal: null });
    await lock.release();
  });

  test('does not wait for a request longer than the deadline', async () => {
    const server = await start({ SHUTDOWN_TIMEOUT_MS: '500' });
    const { lock, booking } = await inTheMiddleOfABooking(server);
    server.signal('SIGTERM');
    const startedAt = performance.now();
    await server.exited;
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await expect(booking).rejects.toThrow();
    await lock.release();
  });

  test('exits with 0 as well when MySQL and Redis never came', async () => {
    const server = await start({ DB_PORT: '1', REDIS_PORT: '1' });
    await server.serves();
    server.signal('SIGINT');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.said.err).toBe('');
  });
});

describe('a start that cannot be', () => {
  test('because the port is taken, says so in one line and exits with 1', async () => {
    const other = createServer().listen(0);
    const { port } = other.address() as AddressInfo;
    const server = await start({ PORT: String(port) });
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(server.said.err).toBe(`Port ${port} is taken. Set PORT to another one.\n`);
    other.close();
  });

  test('in production with the default secrets, names each and exits with 1', async () => {
    const server = await start({
      NODE_ENV: 'production',
      JWT_ACCESS_SECRET: 'your-super-secret-access-key',
      JWT_REFRESH_SECRET: 'your-super-secret-refresh-key',
      MASTER_KEY: 'eW91ci1zdXBlci1zZWNyZXQtbWFzdGVyLWtleS0zMmI=',
      BCRYPT_COST: '12',
    });
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(server.said.err.split('\n')).toEqual([
      'The configuration cannot be used:',
      '  - JWT_ACCESS_SECRET still has its default value',
      '  - JWT_REFRESH_SECRET still has its default value',
      '  - MASTER_KEY still has its default value; make one with: openssl rand -base64 32',
      '',
    ]);
    expect(server.said.out).toBe('');
  });
});

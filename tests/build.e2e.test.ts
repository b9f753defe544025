import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from '@jest/globals';
import { aBookableClinic, freeStart } from './support/bookable.ts';
import { expectStatus } from './support/clinic.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

let server: ServerProcess;
beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/bundle.mjs'], { stdio: 'pipe' });
  server = await startServerProcess({ WORKERS: '0' }, ['--enable-source-maps', 'dist/server.js']);
  await server.serves();
});

test('a build books, and sets passwords by the same rules', async () => {
  const bookable = await aBookableClinic(server);
  expectStatus(await bookable.book('key', await freeStart(bookable)), 201);
  const guessed = { email: 'a@example.org', password: 'password123', firstName: 'A', lastName: 'B' };
  expectStatus(await bookable.clinic.anyone.post('/auth/register', guessed), 422);
});

test('a build names statements by the sources, as the sources do', async () => {
  const figures = await (await fetch(`${server.url}/metrics`)).text();
  const names = [...figures.matchAll(/^db_query_duration_seconds_count\{query="([^"]+)"/gm)].map(
    ([, name]) => name,
  );
  expect(names).toContain('appointments.appointment.insertAppointment');
  for (const name of names) expect(name).toMatch(/^[a-z-]+(\.[a-z-]+)*(\.[a-zA-Z]+)?$/);
});

test('a build hands out what lies beside a package: the pages of the API and the client of sockets', async () => {
  for (const path of ['/docs/swagger-ui.css', '/socket.io/socket.io.js']) {
    expect([path, (await fetch(server.url + path)).status]).toEqual([path, 200]);
  }
});

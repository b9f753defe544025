import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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
  // At the top of its file.
  expect(names).toContain('database.pool');
  for (const name of names) expect(name).toMatch(/^[a-z-]+(\.[a-z-]+)*(\.[a-zA-Z]+)?$/);
});

test('a build hands out what lies beside a package: the pages of the API and the client of sockets', async () => {
  for (const path of ['/docs/swagger-ui.css', '/socket.io/socket.io.js']) {
    const answer = await fetch(server.url + path);
    // An answer that nobody reads keeps its connection, and with that this process.
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.stringContaining('{')]);
  }
});

test('a build prints notes, with packages that it loads when they are asked for', async () => {
  const bookable = await aBookableClinic(server);
  const { clinic, patient } = bookable;
  const doctor = await clinic.staff('doctor');
  const doctorId = await clinic.doctor([bookable.visit.serviceId], { userId: doctor.userId });
  const visit = { ...bookable.visit, doctorId };
  const startsAt = await freeStart({ ...bookable, visit });
  const booking = { ...visit, patientId: patient.patientId, startsAt };
  const { id: appointmentId } = expectStatus(await clinic.admin.api.post('/appointments', booking), 201).body;
  const note = { appointmentId, kind: 'prescription', content: { text: 'Rest' } };
  const { id } = expectStatus(await doctor.api.post('/medical-notes', note), 201).body;
  expect(String(expectStatus(await doctor.api.get(`/medical-notes/${id}/pdf`), 200).body)).toMatch(/^%PDF-/);
});

test('V8 takes back what it compiled when the build was made; where it does not, a build runs all the same', () => {
  const [program = ''] = Object.keys(JSON.parse(readFileSync('dist/places.json', 'utf8')));
  const script = `
    const { compile } = await import('./dist/shared/load.js');
    process.stdout.write(String(compile(process.argv[1]).cachedDataRejected));`;
  const runs = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' });
  expect(runs('--input-type=module', '--eval', script, resolve('dist', program))).toBe('false');
  // V8 refuses what was compiled with other flags.
  expect(runs('--stack-size=900', 'dist/database/migrate.js', '--help')).toContain('npm run migrate');
});

test('a trace of a build names lines of the sources', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'build-'));
  try {
    mkdirSync(join(cwd, '.env'));
    const args = ['--enable-source-maps', resolve('dist/server.js')];
    const { stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect(stderr).toMatch(/EISDIR[^]*src\/shared\/config\/config\.ts:\d+/);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

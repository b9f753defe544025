import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { io } from 'socket.io-client';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { bin, sql } from '../src/database/sql.ts';
import type { Api } from './support/api.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus, PASSWORD } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let elsewhere: TestServer;
let database: Awaited<ReturnType<typeof testDatabase>>;
let clinic: Clinic;
beforeAll(async () => {
  [server, elsewhere] = [await startCheckedServer(), await startTestServer()];
  database = await testDatabase();
});
beforeEach(async () => {
  clinic = await aClinic(server);
});
afterAll(() => Promise.all([server.stop(), elsewhere.stop(), database.close()]));

const make = async (permissions: readonly string[], fields: object = {}, api: Api = clinic.admin.api) =>
  expectStatus(await api.post('/api-keys', { name: 'Website', permissions, ...fields }), 201).body;
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const using = (key: string): Api => server.api.with(bearer(key));
const byAnotherProcess = (key: string): Api => elsewhere.api.with(bearer(key));

describe('POST /api-keys', () => {
  test('shows the key once; the list and the database know it no more', async () => {
    const made = await make(['services:read']);
    expect(made).toMatchObject({
      name: 'Website',
      permissions: ['services:read'],
      createdBy: clinic.admin.userId,
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(made.key).toMatch(/^das_[0-9A-Za-z]{71}$/);
    expect(made.key.endsWith(made.hint)).toBe(true);
    const { key, ...shown } = made;
    const { body } = expectStatus(await clinic.admin.api.get('/api-keys'), 200);
    expect(body.data).toEqual([shown]);
    expect((await clinic.admin.api.get(`/api-keys/${made.id}`)).body).toEqual(shown);
    const stored = await database.database.read(clinic.tenantId).many(sql`
      SELECT * FROM api_keys WHERE tenant_id = ${bin(clinic.tenantId)}`);
    expect(JSON.stringify(stored)).not.toContain(key.slice(4, 40));
  });

  test('422 for permissions that no clinic can give, for none, for keys that make keys, for the past', async () => {
    for (const permissions of [
      ['sun:shine'],
      [],
      ['platform:read'],
      ['api-keys:write'],
      ['services:read', 'services:read'],
    ]) {
      const answer = await clinic.admin.api.post('/api-keys', { name: 'Website', permissions });
      expect(expectCode(answer, 'validation_failed').body.errors[0].pointer).toMatch(/^\/permissions/);
    }
    const past = { name: 'Late', permissions: ['services:read'], expiresAt: '2027-03-15T08:00:00Z' };
    const answer = expectCode(await clinic.admin.api.post('/api-keys', past), 'validation_failed');
    expect(answer.body.errors).toMatchObject([{ pointer: '/expiresAt' }]);
  });

  test('pages the list', async () => {
    for (const name of ['A', 'B', 'C']) await make(['services:read'], { name });
    const { body } = expectStatus(await clinic.admin.api.get('/api-keys?limit=2'), 200);
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['A', 'B']);
    const next = await clinic.admin.api.get(`/api-keys?limit=2&cursor=${body.nextCursor}`);
    expect(next.body).toMatchObject({ data: [{ name: 'C' }], nextCursor: null });
  });
});

describe('a key as Bearer', () => {
  test('opens what its permissions say, and nothing else: 403 forbidden', async () => {
    const { key } = await make(['services:read', 'patients:read']);
    expectStatus(await using(key).get('/services'), 200);
    expectStatus(await using(key).get('/patients'), 200);
    expectCode(await using(key).post('/services', { name: 'X', durationMinutes: 30 }), 'forbidden');
    expectCode(await using(key).get('/users'), 'forbidden');
    expectCode(await using(key).get('/api-keys'), 'forbidden');
  });

  test('has no account: /auth/me tells what it is, sessions and passwords are for people', async () => {
    const { key, id } = await make(['appointments:read', 'services:read']);
    expect(expectStatus(await using(key).get('/auth/me'), 200).body).toMatchObject({
      id: clinic.admin.userId,
      role: 'tenant_admin',
      permissions: ['appointments:read', 'services:read'],
      apiKeyId: id,
      tenant: { id: clinic.tenantId },
    });
    expect((await clinic.admin.api.get('/auth/me')).body.apiKeyId).toBeUndefined();
    for (const [method, path, body] of [
      ['POST', '/auth/logout'],
      ['GET', '/auth/sessions'],
      ['DELETE', `/auth/sessions/${newId()}`],
      ['PUT', '/auth/change-password', { currentPassword: PASSWORD, newPassword: 'another long password' }],
    ] as const)
      expectCode(await using(key).send(method, path, body), 'forbidden');
    expectCode(await server.api.post('/auth/refresh', { refreshToken: key }), 'unauthenticated');
  });

  test('opens no calendar that would outlive it', async () => {
    const { key } = await make(['appointments:read']);
    const doctorId = await clinic.doctor([]);
    expectCode(await using(key).post('/calendar-feeds', { scope: 'doctor', doctorId }), 'forbidden');
  });

  test('opens no socket', async () => {
    const { key } = await make(['appointments:read']);
    const socket = io(server.url, { auth: { token: key }, transports: ['websocket'], reconnection: false });
    const code = await new Promise((resolve) => {
      socket.on('connect_error', (error) => {
        resolve((error as Error & { data?: { code: string } }).data?.code);
      });
    });
    socket.close();
    expect(code).toBe('forbidden');
  });

  test('401 unauthenticated for one that is made up, broken or of another installation', async () => {
    const { key } = await make(['services:read']);
    for (const wrong of [
      `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`,
      'das_x',
      `das_${'0'.repeat(71)}`,
    ])
      expectCode(await using(wrong).get('/services'), 'unauthenticated');
  });

  test('403 tenant_mismatch beside the name of another clinic', async () => {
    const { key } = await make(['services:read']);
    const other = await aClinic(server);
    expectCode(await using(key).get('/services', { 'X-Tenant-ID': other.tenantId }), 'tenant_mismatch');
  });

  test('401 token_expired from its end on', async () => {
    const { key } = await make(['services:read'], { expiresAt: '2027-03-15T08:01:00Z' });
    expectStatus(await using(key).get('/services'), 200);
    server.clock.set('2027-03-15T08:01:00Z');
    expectCode(await using(key).get('/services'), 'token_expired');
    server.clock.set('2027-03-15T08:00:00Z');
  });

  test('has idempotency keys of its own', async () => {
    const [first, second] = [await make(['services:write']), await make(['services:write'])];
    const service = { name: 'Scan', durationMinutes: 30 };
    const once = { 'Idempotency-Key': 'the-same' };
    const made = expectStatus(await using(first.key).post('/services', service, once), 201);
    const again = expectStatus(await using(first.key).post('/services', service, once), 201);
    expect(again.body).toEqual(made.body);
    const other = expectStatus(await using(second.key).post('/services', service, once), 201);
    expect(other.body.id).not.toBe(made.body.id);
    const own = expectStatus(await clinic.admin.api.post('/services', service, once), 201);
    expect(own.body.id).not.toBe(made.body.id);
  });

  test('is named in the audit trail beside the user for whom it acts', async () => {
    const { key, id } = await make(['services:write']);
    const { body } = await using(key).post('/services', { name: 'Scan', durationMinutes: 30 });
    const rows = await database.database.read(clinic.tenantId).many(sql`
      SELECT actor_id AS actorId, api_key_id AS apiKeyId FROM audit_logs
      WHERE tenant_id = ${bin(clinic.tenantId)} AND resource_id = ${bin(body.id)}`);
    expect(rows).toEqual([{ actorId: clinic.admin.userId, apiKeyId: id }]);
  });

  test('notes when it was last used, at most once a minute', async () => {
    const { key, id } = await make(['services:read']);
    const lastUsedAt = async () => (await clinic.admin.api.get(`/api-keys/${id}`)).body.lastUsedAt;
    await using(key).get('/services');
    await until(async () => (await lastUsedAt()) === '2027-03-15T08:00:00.000Z');
    server.clock.set('2027-03-15T08:00:50Z');
    expectStatus(await using(key).get('/services'), 200);
    server.clock.set('2027-03-15T08:01:30Z');
    expectStatus(await using(key).get('/services'), 200);
    await until(async () => (await lastUsedAt()) === '2027-03-15T08:01:30.000Z');
    server.clock.set('2027-03-15T08:00:00Z');
  });
});

describe('DELETE /api-keys/{id}', () => {
  test('ends the key at once, in every process; a second time it is 404', async () => {
    const { key, id } = await make(['services:read']);
    expectStatus(await using(key).get('/services'), 200);
    expectStatus(await byAnotherProcess(key).get('/services'), 200);
    expectStatus(await clinic.admin.api.delete(`/api-keys/${id}`), 204);
    expectCode(await using(key).get('/services'), 'unauthenticated');
    // The clock stands: nothing that is remembered grows old by itself.
    await until(async () => (await byAnotherProcess(key).get('/services')).status === 401);
    expectCode(await clinic.admin.api.delete(`/api-keys/${id}`), 'api_key_not_found');
    expectCode(await clinic.admin.api.get(`/api-keys/${id}`), 'api_key_not_found');
    expect((await clinic.admin.api.get('/api-keys')).body.data).toEqual([]);
  });
});

describe('a key and its maker', () => {
  test('it shrinks when their rights do, and comes back with them', async () => {
    const colleague = await clinic.staff('tenant_admin');
    const { key } = await make(['patients:write', 'appointments:read', 'services:write'], {}, colleague.api);
    expectStatus(await using(key).post('/services', { name: 'A', durationMinutes: 30 }), 201);
    expectStatus(await byAnotherProcess(key).get('/appointments'), 200);
    const become = (changes: object) => clinic.admin.api.patch(`/users/${colleague.userId}`, changes);

    expectStatus(await become({ role: 'doctor' }), 200);
    expectCode(await using(key).post('/services', { name: 'B', durationMinutes: 30 }), 'forbidden');
    expect((await using(key).get('/auth/me')).body.permissions).toEqual(['appointments:read:own']);
    await until(async () => (await byAnotherProcess(key).get('/auth/me')).body.permissions.length === 1);

    expectStatus(await become({ active: false }), 200);
    expectCode(await using(key).get('/appointments'), 'unauthenticated');
    expectStatus(await become({ active: true, role: 'tenant_admin' }), 200);
    expectStatus(await using(key).post('/services', { name: 'C', durationMinutes: 30 }), 201);
  });
});

test('a key that may write staff makes nobody who can do more than it', async () => {
  const { key } = await make(['staff:write', 'staff:read', 'roles:write']);
  const account = { email: `x-${newId()}@example.org`, password: PASSWORD, firstName: 'X', lastName: 'Y' };
  for (const role of ['tenant_admin', 'doctor', 'receptionist', 'patient'])
    expectCode(await using(key).post('/users', { ...account, role }), 'forbidden');
  expectCode(await using(key).patch(`/users/${clinic.admin.userId}`, { active: false }), 'forbidden');
  expectCode(await using(key).post('/roles', { name: 'More', permissions: ['services:read'] }), 'forbidden');
  const role = await using(key).post('/roles', { name: 'Same', permissions: ['staff:read'] });
  const { id } = expectStatus(role, 201).body;
  expectStatus(await using(key).post('/users', { ...account, role: 'receptionist', roleId: id }), 201);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, PLATFORM } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { bin, sql } from '../src/database/sql.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus, PASSWORD } from './support/clinic.ts';
import { listen } from './support/listener.ts';
import { anOperator, type Operator } from './support/operator.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let elsewhere: TestServer;
let database: Awaited<ReturnType<typeof testDatabase>>;
let operator: Operator;
let clinic: Clinic;
beforeAll(async () => {
  [server, elsewhere] = [await startCheckedServer(), await startTestServer()];
  database = await testDatabase();
  operator = await anOperator(server);
});
beforeEach(async () => {
  clinic = await aClinic(server);
});
afterAll(() => Promise.all([server.stop(), elsewhere.stop(), database.close()]));

const TENANTS = '/platform/tenants';
const act = (verb: string, tenantId = clinic.tenantId) => operator.api.post(`${TENANTS}/${tenantId}/${verb}`);
const account = (name: string) => ({
  email: `${name}-${newId()}@example.org`,
  password: PASSWORD,
  firstName: 'A',
  lastName: 'B',
});

describe('an operator', () => {
  test('logs in without naming a clinic, and is of none', async () => {
    expect(expectStatus(await operator.api.get('/auth/me'), 200).body).toMatchObject({
      id: operator.userId,
      role: 'super_admin',
      permissions: ['platform:read', 'platform:write'],
      tenant: null,
    });
  });

  test('400 tenant_required for whoever else names no clinic, whatever they type', async () => {
    for (const email of [operator.email, clinic.admin.email, 'nobody@example.org'])
      expectCode(
        await server.api.post('/auth/login', { email, password: 'not the password' }),
        'tenant_required',
      );
    const known = { email: clinic.admin.email, password: PASSWORD };
    expectCode(await server.api.post('/auth/login', known), 'tenant_required');
  });

  test('is nobody at a clinic, and reaches nothing in one', async () => {
    const login = { email: operator.email, password: PASSWORD };
    expectCode(await clinic.anyone.post('/auth/login', login), 'invalid_credentials');
    for (const path of ['/users', '/patients', '/appointments', '/tenants/current/settings']) {
      expectCode(await operator.api.get(path), 'forbidden');
      expectCode(await operator.api.get(path, { 'X-Tenant-ID': clinic.tenantId }), 'tenant_mismatch');
    }
  });

  test('is made by no route: the platform takes no patients and has no name', async () => {
    expectCode(await operator.api.post('/auth/register', account('patient')), 'tenant_required');
    expectCode(await operator.api.get('/tenants/current'), 'tenant_required');
    const byId = { 'X-Tenant-ID': PLATFORM };
    expectCode(await server.api.post('/auth/register', account('patient'), byId), 'tenant_required');
    const byName = { 'X-Tenant-Subdomain': 'platform' };
    expectCode(await server.api.get('/tenants/current', byName), 'tenant_not_found');
    expectCode(
      await clinic.admin.api.post('/users', { ...account('x'), role: 'super_admin' }),
      'validation_failed',
    );
  });
});

describe('GET /platform/tenants', () => {
  test('lists clinics by pages, name, subdomain and status, and the platform never', async () => {
    const find = async (query: string) =>
      expectStatus(await operator.api.get(`${TENANTS}?${query}`), 200).body;
    const [found] = (await find(`q=${clinic.subdomain}`)).data;
    expect(found).toMatchObject({
      id: clinic.tenantId,
      subdomain: clinic.subdomain,
      status: 'active',
      plan: { name: 'standard', maxDoctors: null, maxUsers: null },
      deleteAfter: null,
    });
    expect((await operator.api.get(`${TENANTS}/${clinic.tenantId}`)).body).toEqual(found);
    expect((await find(`q=${clinic.subdomain}&status=suspended`)).data).toEqual([]);
    const first = await find('limit=1');
    const second = await find(`limit=1&cursor=${first.nextCursor}`);
    expect(second.data[0].id).not.toBe(first.data[0].id);
    const everything: string[] = [];
    for (let cursor = ''; ;) {
      const page = await find(`limit=100${cursor}`);
      everything.push(...page.data.map(({ id }: { id: string }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(everything).toContain(clinic.tenantId);
    expect(everything).not.toContain(PLATFORM);
  });

  test('404 tenant_not_found, also for the platform itself', async () => {
    for (const id of [newId(), PLATFORM]) {
      expectCode(await operator.api.get(`${TENANTS}/${id}`), 'tenant_not_found');
      expectCode(await operator.api.patch(`${TENANTS}/${id}`, { plan: {} }), 'tenant_not_found');
      expectCode(await operator.api.delete(`${TENANTS}/${id}`), 'tenant_not_found');
      for (const verb of ['suspend', 'activate']) expectCode(await act(verb, id), 'tenant_not_found');
    }
  });

  test('403 for everybody of a clinic', async () => {
    expectCode(await clinic.admin.api.get(TENANTS), 'forbidden');
    expectCode(await clinic.admin.api.post(`${TENANTS}/${clinic.tenantId}/activate`), 'forbidden');
  });
});

describe('suspension', () => {
  test('refuses every token, key, login and socket of the clinic in every process, until it is active again', async () => {
    const { key } = (await clinic.admin.api.post('/api-keys', { name: 'K', permissions: ['services:read'] }))
      .body;
    const bearers = [clinic.admin.token, key].map((token) => ({ Authorization: `Bearer ${token}` }));
    for (const at of [server, elsewhere])
      for (const headers of bearers) expectStatus(await at.api.get('/services', headers), 200);
    const sockets = [
      await listen(server.url, clinic.admin.token),
      await listen(elsewhere.url, clinic.admin.token),
    ];

    expect(expectStatus(await act('suspend'), 200).body.status).toBe('suspended');
    for (const headers of bearers) expectCode(await server.api.get('/services', headers), 'tenant_suspended');
    // The clock stands: what other processes remember does not grow old by itself.
    await until(async () => (await elsewhere.api.get('/services', bearers[0])).status === 403);
    expectCode(await elsewhere.api.get('/services', bearers[1]), 'tenant_suspended');
    const login = { email: clinic.admin.email, password: PASSWORD };
    expectCode(await clinic.anyone.post('/auth/login', login), 'tenant_suspended');
    expectCode(await clinic.anyone.get('/tenants/current'), 'tenant_suspended');
    const { refreshToken } = clinic.admin;
    expectCode(await server.api.post('/auth/refresh', { refreshToken }), 'tenant_suspended');
    await until(() => sockets.every((socket) => !socket.isConnected()));
    for (const socket of sockets) socket.close();

    expectStatus(await act('suspend'), 200);
    expect(expectStatus(await act('activate'), 200).body.status).toBe('active');
    for (const headers of bearers) expectStatus(await server.api.get('/services', headers), 200);
    await until(async () => (await elsewhere.api.get('/services', bearers[0])).status === 200);
  });

  test('is recorded for the clinic and for the platform, once', async () => {
    for (const verb of ['suspend', 'suspend', 'activate']) expectStatus(await act(verb), 200);
    for (const tenantId of [clinic.tenantId, PLATFORM]) {
      const rows = await database.database.read(tenantId).many(sql`
        SELECT action, actor_id AS actorId, actor_role AS role FROM audit_logs
        WHERE tenant_id = ${bin(tenantId)} AND resource_id = ${bin(clinic.tenantId)} AND action <> 'tenant.created'
        ORDER BY id`);
      const actor = { actorId: operator.userId, role: 'super_admin' };
      expect(rows).toEqual([
        { action: 'tenant.suspended', ...actor },
        { action: 'tenant.activated', ...actor },
      ]);
    }
  });
});

describe('a plan', () => {
  const limit = async (plan: object) =>
    expectStatus(await operator.api.patch(`${TENANTS}/${clinic.tenantId}`, { plan }), 200).body;

  test('changes by the fields that are given, from the version that was read', async () => {
    const first = await limit({ name: 'small', maxDoctors: 1 });
    expect(first.plan).toEqual({ name: 'small', maxDoctors: 1, maxUsers: null });
    expect((await limit({ maxUsers: 3 })).plan).toEqual({ name: 'small', maxDoctors: 1, maxUsers: 3 });
    const stale = { 'If-Match': `"${first.version}"` };
    const path = `${TENANTS}/${clinic.tenantId}`;
    expectCode(await operator.api.patch(path, { plan: {} }, stale), 'version_conflict');
    for (const plan of [{ maxUsers: -1 }, { maxUsers: 1.5 }, { maxDoctors: 'two' }, { seats: 1 }])
      expectCode(await operator.api.patch(path, { plan }), 'validation_failed');
  });

  test('allows so many active doctors, also when ten are added at once', async () => {
    await limit({ maxDoctors: 3 });
    const add = () =>
      clinic.admin.api.post('/doctors', { firstName: 'Ada', lastName: 'B', specializations: ['x'] });
    const answers = await Promise.all(Array.from({ length: 10 }, add));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expectCode(answer, 'plan_limit_reached');
    const [made] = answers.filter(({ status }) => status === 201);
    const path = `/doctors/${made?.body.id}`;
    expectStatus(await clinic.admin.api.patch(path, { active: false }), 200);
    expectStatus(await add(), 201);
    expectCode(await clinic.admin.api.patch(path, { active: true }), 'plan_limit_reached');
    expectStatus(await clinic.admin.api.patch(path, { lastName: 'C' }), 200);
  });

  test('allows so many active users, and patients without number', async () => {
    await limit({ maxUsers: 3 });
    const add = (role: string) => clinic.admin.api.post('/users', { ...account(role), role });
    const answers = await Promise.all(['doctor', 'receptionist', 'doctor', 'tenant_admin'].map(add));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    const patient = expectStatus(await add('patient'), 201).body;
    expectStatus(await clinic.anyone.post('/auth/register', account('patient')), 201);
    const staff = { role: 'receptionist' };
    expectCode(await clinic.admin.api.patch(`/users/${patient.id}`, staff), 'plan_limit_reached');
    const { id } = answers.find(({ status }) => status === 201)?.body;
    expectStatus(await clinic.admin.api.patch(`/users/${id}`, { active: false }), 200);
    expectStatus(await add('receptionist'), 201);
    expectCode(await clinic.admin.api.patch(`/users/${id}`, { active: true }), 'plan_limit_reached');
  });
});

describe('DELETE /platform/tenants/{id}', () => {
  test('suspends it and names its end; activation takes both back', async () => {
    const path = `${TENANTS}/${clinic.tenantId}`;
    const scheduled = expectStatus(await operator.api.delete(path), 200).body;
    expect(scheduled).toMatchObject({ status: 'suspended', deleteAfter: '2027-04-14T08:00:00.000Z' });
    expectCode(await clinic.admin.api.get('/services'), 'tenant_suspended');
    expect((await operator.api.delete(path)).body).toEqual(scheduled);
    const back = expectStatus(await act('activate'), 200).body;
    expect(back).toMatchObject({ status: 'active', deleteAfter: null });
    expectStatus(await clinic.admin.api.get('/services'), 200);
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../src/shared/config/config.ts';
import type { RateLimitSettings } from '../src/shared/config/rate-limits.ts';
import type { Answer, Api } from './support/api.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus } from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

const MANY = 'all=999999/minute';
const limits = (given: { address?: string; user?: string; tenant?: string }): RateLimitSettings =>
  parseConfig({
    RATE_LIMIT_ADDRESS: `${MANY},${given.address ?? ''}`,
    RATE_LIMIT_USER: `${MANY},${given.user ?? ''}`,
    RATE_LIMIT_TENANT: `${MANY},${given.tenant ?? ''}`,
  }).rateLimits;

/** An address that nobody has used. */
const anAddress = () => [10, ...randomBytes(3)].join('.');
const from = (api: Api, address = anAddress()) => api.with({ 'X-Forwarded-For': address });

const rate = ({ headers }: Answer) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];

describe('behind one trusted proxy', () => {
  let server: TestServer;
  let clinic: Clinic;
  beforeAll(async () => {
    server = await startCheckedServer(undefined, {
      trustProxy: 1,
      rateLimits: limits({
        address: 'auth=3/minute,sign_up=20/minute,read=20/minute,write=2/minute',
        user: 'read=5/minute',
        tenant: 'search=4/minute',
      }),
    });
    clinic = await aClinic({ ...server, api: from(server.api) });
  });
  afterAll(() => server.stop());

  const wrong = { email: 'nobody@example.org', password: 'wrong-password' };

  test('every answer says which limits count and what is left of the nearest', async () => {
    const api = from(clinic.anyone);
    expect(rate(await api.get('/tenants/current'))).toEqual([
      '"address-read";q=20;w=60',
      '"address-read";r=19;t=60',
    ]);
    expect(rate(await api.get('/nowhere'))).toEqual(['"address-read";q=20;w=60', '"address-read";r=18;t=60']);
    expect(rate(await api.put('/doctors', {}))[1]).toBe('"address-write";r=1;t=60');
    expect(rate(await api.post('/auth/login', '{'))[1]).toBe('"address-auth";r=2;t=60');
    const known = await from(clinic.admin.api).get('/auth/me');
    expect(rate(known)).toEqual([
      '"address-read";q=20;w=60, "user-read";q=5;w=60, "clinic-read";q=999999;w=60',
      '"user-read";r=4;t=60',
    ]);
  });

  test('an address that tries passwords is stopped, whatever clinic it names; others go on', async () => {
    const attacker = from(clinic.anyone);
    for (let n = 0; n < 3; n++) expectCode(await attacker.post('/auth/login', wrong), 'invalid_credentials');
    const refused = expectStatus(await attacker.post('/auth/login', wrong), 429);
    expect(refused.body).toMatchObject({ code: 'rate_limited', type: '/problems/rate_limited', status: 429 });
    expect(refused.headers.get('content-type')).toMatch('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(rate(refused)[1]).toBe('"address-auth";r=0;t=60');
    expectCode(
      await attacker.with({ 'X-Tenant-Subdomain': 'other' }).post('/auth/login', wrong),
      'rate_limited',
    );
    expectStatus(await attacker.get('/tenants/current'), 200);
    expectCode(await from(clinic.anyone).post('/auth/login', wrong), 'invalid_credentials');
  });

  test('it may try again when the window is over', async () => {
    const api = from(clinic.anyone);
    for (let n = 0; n < 3; n++) await api.post('/auth/login', wrong);
    expectCode(await api.post('/auth/login', wrong), 'rate_limited');
    const before = server.clock.now();
    server.clock.set(new Date(before.getTime() + 60_000).toISOString());
    expectCode(await api.post('/auth/login', wrong), 'invalid_credentials');
    server.clock.set(before.toISOString());
  });

  test('what stands in X-Forwarded-For before the proxy’s own entry changes nothing', async () => {
    const address = anAddress();
    for (let n = 0; n < 3; n++) {
      await from(clinic.anyone, `${anAddress()}, ${address}`).post('/auth/login', wrong);
    }
    const forged = from(clinic.anyone, `127.0.0.1, ${anAddress()}, ${address}`);
    expectCode(await forged.post('/auth/login', wrong), 'rate_limited');
  });

  test('an IPv6 network counts as one client', async () => {
    const network = `2001:db8:${randomBytes(2).toString('hex')}:1`;
    for (let n = 1; n <= 3; n++) await from(clinic.anyone, `${network}::${n}`).post('/auth/login', wrong);
    expectCode(await from(clinic.anyone, `${network}:a:b:c:d`).post('/auth/login', wrong), 'rate_limited');
  });

  test('a user is counted wherever they are, and colleagues are not', async () => {
    const [user, colleague] = await Promise.all([clinic.staff('doctor'), clinic.staff('doctor')]);
    for (let n = 0; n < 5; n++) expectStatus(await from(user.api).get('/services'), 200);
    expectCode(await from(user.api).get('/services'), 'rate_limited');
    expectStatus(await from(colleague.api).get('/services'), 200);
  });

  test('a clinic that has used its share keeps no other from theirs', async () => {
    const [busy, other] = await Promise.all([
      aClinic({ ...server, api: from(server.api) }),
      aClinic({ ...server, api: from(server.api) }),
    ]);
    const search = async ({ admin, service }: Clinic) => {
      const query = `serviceId=${await service()}&from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z`;
      return (api = admin.api) => from(api).get(`/slots?${query}`);
    };
    const colleague = await busy.staff('receptionist');
    const [busySearch, otherSearch] = [await search(busy), await search(other)];
    for (let n = 0; n < 4; n++) expectStatus(await busySearch(), 200);
    const refused = expectCode(await busySearch(colleague.api), 'rate_limited');
    expect(rate(refused)[1]).toBe('"clinic-search";r=0;t=60');
    expectStatus(await otherSearch(), 200);
  });

  test('whoever is not known counts for no clinic: nobody can use up another’s share from outside', async () => {
    const policy = rate(await from(clinic.anyone).get('/tenants/current'))[0];
    expect(policy).not.toContain('clinic');
    const forged = from(clinic.anyone).with({ Authorization: 'Bearer forged' });
    expect(rate(await forged.get('/services'))[0]).not.toContain('clinic');
  });

  test('probes are never refused', async () => {
    for (let n = 0; n < 25; n++) expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });
});

describe('without a proxy', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startCheckedServer(undefined, { rateLimits: limits({ address: 'read=3/minute' }) });
    server.clock.set('2027-03-16T08:00:00.000Z'); // A window that no other test file counts in.
  });
  afterAll(() => server.stop());

  test('whatever address a client claims in a header, its own counts', async () => {
    const told = [];
    for (let n = 0; n < 4; n++) {
      const headers = {
        'X-Forwarded-For': anAddress(),
        'X-Real-IP': anAddress(),
        Forwarded: `for=${anAddress()}`,
      };
      told.push((await server.api.get('/tenants/current', headers)).status);
    }
    expect(told).toEqual([400, 400, 400, 429]);
  });
});

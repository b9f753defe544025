import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bin, sql } from '../../database/sql.ts';
import { newId } from '../../shared/types/id.ts';
import { aClinic, aPatient, type Clinic, settableClock, unique } from './a-clinic.ts';
import { APP_DOMAIN, type IdentityApp, startIdentityApp } from './identity-app.ts';

const clock = settableClock();
let app: IdentityApp;
let clinic: Clinic;
let other: Clinic;
const hostname = `${unique('book')}.example.org`;

const addDomain = (tenantId: string, name: string, verifiedAt: Date | null) =>
  app.database.read(tenantId).run(sql`
    INSERT INTO tenant_domains (tenant_id, id, hostname, verified_at)
    VALUES (${bin(tenantId)}, ${bin(newId())}, ${name}, ${verifiedAt})`);

beforeAll(async () => {
  app = await startIdentityApp({ clock });
  [clinic, other] = [await aClinic(app.ask), await aClinic(app.ask)];
  await addDomain(clinic.tenant.id, hostname, clock.now());
  await addDomain(clinic.tenant.id, `unverified.${hostname}`, null);
});
afterAll(() => app.close());

const current = (headers: Record<string, string>, token?: string) =>
  app.ask('GET', '/tenants/current', { headers, token });

describe('200', () => {
  test.each<[string, () => Record<string, string>]>([
    ['X-Tenant-ID', () => ({ 'X-Tenant-ID': clinic.tenant.id })],
    ['X-Tenant-Subdomain', () => ({ 'X-Tenant-Subdomain': clinic.tenant.subdomain })],
    ['the subdomain of the host', () => ({ Host: `${clinic.tenant.subdomain}.${APP_DOMAIN}:3000` })],
    ['a verified custom domain', () => ({ Host: hostname.toUpperCase() })],
    [
      'several names that agree',
      () => ({ ...clinic.named, Host: `${clinic.tenant.subdomain}.${APP_DOMAIN}` }),
    ],
    ['an id behind a host that is nobody’s', () => ({ ...clinic.named, Host: 'balancer.internal.example' })],
  ])('%s names the tenant', async (_name, headers) => {
    const { status, body } = await current(headers());
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: clinic.tenant.id, subdomain: clinic.tenant.subdomain });
    expect(body).not.toHaveProperty('status');
    expect(body).not.toHaveProperty('ownSettings');
  });

  test('an access token names its tenant by itself', async () => {
    const { body } = await current({}, clinic.token);
    expect(body).toMatchObject({ id: clinic.tenant.id });
  });

  test('a token that is no good says nothing where none is asked for', async () => {
    expect((await current(clinic.named, 'nonsense')).status).toBe(200);
    expect((await current({}, 'nonsense')).status).toBe(400);
  });
});

describe('400 tenant_required', () => {
  test.each([
    '127.0.0.1',
    'localhost',
    APP_DOMAIN,
    `www.${APP_DOMAIN}`,
    'unknown.example.org',
    'b\u00fc.org',
  ])('for the host %p and nothing else', async (Host) => {
    expect(await current({ Host })).toMatchObject({ status: 400, body: { code: 'tenant_required' } });
  });

  test('for a domain that has not been verified', async () => {
    expect(await current({ Host: `unverified.${hostname}` })).toMatchObject({ status: 400 });
  });
});

describe('401', () => {
  test('unauthenticated without a token, whatever else the request says', async () => {
    for (const headers of [{}, clinic.named, { 'X-Tenant-ID': 'nonsense' }]) {
      const answer = await app.ask('GET', '/auth/me', { headers });
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  test('unauthenticated for another scheme', async () => {
    const headers = { Authorization: `Basic ${clinic.token}` };
    expect(await app.ask('GET', '/auth/me', { headers })).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    });
  });

  test('token_expired after fifteen minutes, also for a token that was good a moment ago', async () => {
    const { token } = await aClinic(app.ask);
    clock.advance(15 * 60_000 - 1_000);
    expect((await app.ask('GET', '/auth/me', { token })).status).toBe(200);
    clock.advance(1_001);
    expect(await app.ask('GET', '/auth/me', { token })).toMatchObject({
      status: 401,
      body: { code: 'token_expired' },
    });
    clock.advance(-15 * 60_000 - 1);
  });
});

describe('403', () => {
  test.each<[string, () => Record<string, string>]>([
    ['X-Tenant-ID', () => other.named],
    ['a malformed X-Tenant-ID', () => ({ 'X-Tenant-ID': 'nonsense' })],
    ['X-Tenant-Subdomain', () => ({ 'X-Tenant-Subdomain': other.tenant.subdomain })],
    ['an unknown X-Tenant-Subdomain', () => ({ 'X-Tenant-Subdomain': 'nobodys' })],
    ['the host', () => ({ Host: `${other.tenant.subdomain}.${APP_DOMAIN}` })],
  ])('tenant_mismatch where the token and %s disagree', async (_name, headers) => {
    for (const path of ['/auth/me', '/tenants/current', '/patients']) {
      const answer = await app.ask('GET', path, { token: clinic.token, headers: headers() });
      expect(answer).toMatchObject({ status: 403, body: { code: 'tenant_mismatch' } });
    }
  });

  test('tenant_mismatch where the token and a custom domain disagree', async () => {
    const answer = await app.ask('GET', '/auth/me', { token: other.token, headers: { Host: hostname } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'tenant_mismatch' } });
  });

  test('tenant_mismatch where two headers disagree', async () => {
    const headers = { ...clinic.named, 'X-Tenant-Subdomain': other.tenant.subdomain };
    expect(await current(headers)).toMatchObject({ status: 403, body: { code: 'tenant_mismatch' } });
  });

  test('tenant_suspended for everybody in a suspended clinic', async () => {
    const suspended = await aClinic(app.ask);
    const { id } = suspended.tenant;
    await app.database
      .read(id)
      .run(sql`UPDATE tenants SET status = 'suspended' WHERE tenant_id = ${bin(id)}`);
    clock.advance(6_000);
    const refused = { status: 403, body: { code: 'tenant_suspended' } };
    expect(await current(suspended.named)).toMatchObject(refused);
    expect(await app.ask('GET', '/auth/me', { token: suspended.token })).toMatchObject(refused);
    const body = { refreshToken: suspended.tokens.refreshToken };
    expect(await app.ask('POST', '/auth/refresh', { body })).toMatchObject(refused);
  });

  test('forbidden without the permission', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const answer = await app.ask('GET', '/tenants/current/settings', { token: tokens.accessToken });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

describe('404 tenant_not_found', () => {
  test.each<[string, Record<string, string>]>([
    ['an unknown id', { 'X-Tenant-ID': '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e' }],
    ['a malformed id', { 'X-Tenant-ID': '1 OR 1=1' }],
    ['an unknown subdomain', { 'X-Tenant-Subdomain': 'nobodys' }],
    ['an unknown subdomain of the host', { Host: `nobodys.${APP_DOMAIN}` }],
  ])('for %s', async (_name, headers) => {
    expect(await current(headers)).toMatchObject({ status: 404, body: { code: 'tenant_not_found' } });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PASSWORD, signUpBody, unique } from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, startIdentityApp } from '../../../api/tests/identity-app.ts';
import { bin, sql } from '../../../database/sql.ts';

let app: IdentityApp;
beforeAll(async () => {
  app = await startIdentityApp();
});
afterAll(() => app.close());

const signUp = (body: unknown, headers: Record<string, string> = {}) =>
  app.ask('POST', '/tenants', { body, headers });

const rowsOf = async (tenantId: string, table: ReturnType<typeof sql>) =>
  app.database.read(tenantId).many<{ word: string }>(sql`
    SELECT ${table} WHERE tenant_id = ${bin(tenantId)} ORDER BY id`);

describe('POST /tenants 201', () => {
  test('opens a clinic whose owner is its administrator and logged in', async () => {
    const body = signUpBody();
    const answer = await signUp(body);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        tenant: {
          name: body.name,
          subdomain: body.subdomain,
          timezone: body.timezone,
          locale: 'en',
          version: 1,
        },
        user: { email: 'owner@example.org', role: 'tenant_admin', active: true },
        tokens: { tokenType: 'Bearer', expiresIn: 900 },
      },
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/hash|\$2b\$/i);
    const { accessToken } = answer.body['tokens'] as { accessToken: string };
    const me = await app.ask('GET', '/auth/me', { token: accessToken });
    expect(me.body).toMatchObject({ role: 'tenant_admin', tenant: { subdomain: body.subdomain } });
  });

  test('leaves events and audit rows, neither of which holds a secret', async () => {
    const { body } = await signUp(signUpBody());
    const { id } = body['tenant'] as { id: string };
    const events = await rowsOf(id, sql`type AS word, payload FROM outbox`);
    expect(events.map(({ word }) => word)).toEqual(['tenant.created', 'user.registered']);
    const audit = await rowsOf(id, sql`action AS word, changes FROM audit_logs`);
    expect(audit.map(({ word }) => word)).toEqual(['tenant.created', 'user.registered']);
    expect(JSON.stringify([events, audit])).not.toContain(PASSWORD);
  });

  test('is answered again for the same Idempotency-Key, without a second clinic', async () => {
    const body = signUpBody();
    const headers = { 'Idempotency-Key': unique('key') };
    const [first, second] = [await signUp(body, headers), await signUp(body, headers)];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });
});

describe('POST /tenants 403', () => {
  test('sign_up_disabled where the operator keeps sign-up to himself', async () => {
    const closed = await startIdentityApp({ signUpEnabled: false });
    const answer = await closed.ask('POST', '/tenants', { body: signUpBody() });
    await closed.close();
    expect(answer).toMatchObject({ status: 403, body: { code: 'sign_up_disabled' } });
  });
});

describe('POST /tenants 409', () => {
  test('subdomain_taken leaves nothing of the second clinic behind', async () => {
    const { subdomain } = ((await signUp(signUpBody())).body['tenant'] ?? {}) as { subdomain: string };
    const before = await countEverything();
    const answer = await signUp({ ...signUpBody(), subdomain });
    expect(answer).toMatchObject({ status: 409, body: { code: 'subdomain_taken' } });
    expect(await countEverything()).toEqual(before);
  });

  test('subdomain_taken for all but one of those who want the same at once', async () => {
    const subdomain = unique('race');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => signUp({ ...signUpBody(), subdomain })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
  });
});

describe('POST /tenants 422', () => {
  const { owner } = signUpBody();
  test.each<[string, object]>([
    ['/subdomain', { subdomain: 'api' }],
    ['/subdomain', { subdomain: 'Sunrise' }],
    ['/timezone', { timezone: 'Mars/Olympus' }],
    ['/owner/email', { owner: { ...owner, email: 'nobody' } }],
    ['/owner/password', { owner: { ...owner, password: 'short' } }],
    ['/owner/password', { owner: { ...owner, password: 'ü'.repeat(37) } }],
    ['/owner/role', { owner: { ...owner, role: 'super_admin' } }],
    ['/plan', { plan: 'gold' }],
  ])('names %s', async (pointer, fields) => {
    const { status, body } = await signUp({ ...signUpBody(), ...fields });
    expect(status).toBe(422);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });
});

const countEverything = () =>
  app.database.system.one(sql`
    SELECT (SELECT count(*) FROM tenants) AS tenants, (SELECT count(*) FROM users) AS users,
      (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM outbox) AS events,
      (SELECT count(*) FROM audit_logs) AS audits`);

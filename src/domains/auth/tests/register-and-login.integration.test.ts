import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aClinic, aPatient, type Clinic, eventually, PASSWORD, unique } from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, startIdentityApp } from '../../../api/tests/identity-app.ts';
import { bin, sql } from '../../../database/sql.ts';

let app: IdentityApp;
let clinic: Clinic;
beforeAll(async () => {
  app = await startIdentityApp();
  clinic = await aClinic(app.ask);
});
afterAll(() => app.close());

const post = (path: string, body: unknown, headers = clinic.named) =>
  app.ask('POST', path, { body, headers });
const registration = () => ({
  email: `${unique('pat')}@example.org`,
  password: PASSWORD,
  firstName: 'Pat',
  lastName: 'Ient',
});

describe('POST /auth/register 201', () => {
  test('opens an account with a patient profile, in lower case, and logs in', async () => {
    const fields = registration();
    const email = fields.email.toUpperCase();
    const body = { ...fields, email, phone: '+49 30 1234567', dateOfBirth: '1990-04-23' };
    const answer = await post('/auth/register', body);
    expect(answer).toMatchObject({ status: 201, body: { user: { email: fields.email, role: 'patient' } } });
    const { accessToken } = answer.body['tokens'] as { accessToken: string };
    const me = await app.ask('GET', '/auth/me', { token: accessToken });
    expect(me.body).toMatchObject({
      email: fields.email,
      role: 'patient',
      tenant: { id: clinic.tenant.id },
      patientId: expect.any(String) as unknown,
      mfaEnabled: false,
    });
    expect(me.body['permissions']).toContain('appointments:write:own');
    const path = `/patients/${String(me.body['patientId'])}`;
    const { body: patient } = await app.ask('GET', path, { token: clinic.token });
    expect(patient).toMatchObject({ firstName: 'Pat', dateOfBirth: '1990-04-23', email: fields.email });
  });

  test('lets one address register with two clinics', async () => {
    const body = registration();
    const other = await aClinic(app.ask);
    expect((await post('/auth/register', body)).status).toBe(201);
    expect((await post('/auth/register', body, other.named)).status).toBe(201);
  });
});

describe('POST /auth/register 409', () => {
  test('email_taken in any case of letters, and no second patient', async () => {
    const body = registration();
    await post('/auth/register', body);
    const count = () =>
      app.database.read(clinic.tenant.id).one(sql`
        SELECT count(*) AS patients FROM patients WHERE tenant_id = ${bin(clinic.tenant.id)}`);
    const before = await count();
    const answer = await post('/auth/register', { ...body, email: body.email.toUpperCase() });
    expect(answer).toMatchObject({ status: 409, body: { code: 'email_taken' } });
    expect(await count()).toEqual(before);
  });

  test('email_taken for all but one of those who register at once', async () => {
    const body = registration();
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('/auth/register', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });
});

describe('POST /auth/register 422', () => {
  test.each<[string, object]>([
    ['/password', { password: 'too short' }],
    ['/dateOfBirth', { dateOfBirth: '2023-02-29' }],
    ['/dateOfBirth', { dateOfBirth: '2999-01-01' }],
    ['/role', { role: 'tenant_admin' }],
  ])('names %s', async (pointer, fields) => {
    const answer = await post('/auth/register', { ...registration(), ...fields });
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });
});

describe('POST /auth/login 200', () => {
  test('opens another session, whatever the case of the address', async () => {
    const { user, tokens } = await aPatient(app.ask, clinic);
    const answer = await post('/auth/login', { email: user.email.toUpperCase(), password: PASSWORD });
    expect(answer).toMatchObject({
      status: 200,
      body: { user: { id: user.id }, tokens: { expiresIn: 900 } },
    });
    const sessions = await app.ask('GET', '/auth/sessions', { token: tokens.accessToken });
    expect(sessions.body['data']).toHaveLength(2);
  });
});

describe('POST /auth/login 401', () => {
  test('invalid_credentials is the same answer for an unknown address, a wrong password and another clinic', async () => {
    const { user } = await aPatient(app.ask, clinic);
    const other = await aClinic(app.ask);
    const attempts = [
      await post('/auth/login', { email: user.email, password: 'wrong horse battery' }),
      await post('/auth/login', { email: `${unique('no')}@example.org`, password: PASSWORD }),
      await post('/auth/login', { email: user.email, password: PASSWORD }, other.named),
    ];
    const answers = attempts.map(({ status, body }) => ({ status, ...body, requestId: '' }));
    expect(answers[0]).toMatchObject({ status: 401, code: 'invalid_credentials' });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  test('leaves an audit row for an account that exists', async () => {
    const { user } = await aPatient(app.ask, clinic);
    await post('/auth/login', { email: user.email, password: 'wrong horse battery' });
    const isRecorded = await eventually(async () => {
      const row = await app.database.read(clinic.tenant.id).one(sql`
        SELECT id FROM audit_logs
        WHERE tenant_id = ${bin(clinic.tenant.id)} AND resource_id = ${bin(user.id)} AND action = 'user.login_failed'`);
      return row !== undefined;
    });
    expect(isRecorded).toBe(true);
  });

  test('invalid_credentials for a deactivated account with the right password', async () => {
    const { user } = await aPatient(app.ask, clinic);
    await app.ask('PATCH', `/users/${user.id}`, { token: clinic.token, body: { active: false } });
    const answer = await post('/auth/login', { email: user.email, password: PASSWORD });
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  });
});

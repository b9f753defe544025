import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aClinic, aColleague, aPatient, type Clinic, PASSWORD, unique } from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, type Method, startIdentityApp } from '../../../api/tests/identity-app.ts';
import { newId } from '../../../shared/types/id.ts';

const doctorsByUser = new Map<string, string>();
let app: IdentityApp;
let clinic: Clinic;
beforeAll(async () => {
  app = await startIdentityApp({ doctorOfUser: (userId) => doctorsByUser.get(userId) });
});
beforeEach(async () => {
  clinic = await aClinic(app.ask);
});
afterAll(() => app.close());

const newUser = (role: string) => ({
  email: `${unique('user')}@example.org`,
  password: PASSWORD,
  firstName: 'Grace',
  lastName: 'Hopper',
  role,
});
const ask = (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  app.ask(method, path, { token: clinic.token, body, headers });
const me = (token: string) => app.ask('GET', '/auth/me', { token });
const patch = (id: string, body: unknown, headers?: Record<string, string>) =>
  ask('PATCH', `/users/${id}`, body, headers);

describe('POST /users', () => {
  test.each(['tenant_admin', 'doctor', 'receptionist', 'patient'])(
    '201 for a %s, who can log in',
    async (role) => {
      const body = newUser(role);
      const answer = await ask('POST', '/users', body);
      expect(answer).toMatchObject({
        status: 201,
        body: { email: body.email, role, active: true, version: 1 },
      });
      expect(Object.keys(answer.body).sort()).toEqual(
        [
          'active',
          'createdAt',
          'email',
          'emailVerifiedAt',
          'firstName',
          'id',
          'lastName',
          'role',
          'roleId',
          'updatedAt',
          'version',
        ].sort(),
      );
      const login = { headers: clinic.named, body: { email: body.email, password: PASSWORD } };
      expect((await app.ask('POST', '/auth/login', login)).status).toBe(200);
    },
  );

  test('403 for everybody but administrators', async () => {
    for (const role of ['doctor', 'receptionist']) {
      const { tokens } = await aColleague(app.ask, clinic, role);
      const question = { token: tokens.accessToken, body: newUser('tenant_admin') };
      expect(await app.ask('POST', '/users', question)).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
  });

  test('409 email_taken', async () => {
    const body = newUser('doctor');
    await ask('POST', '/users', body);
    expect(await ask('POST', '/users', body)).toMatchObject({ status: 409, body: { code: 'email_taken' } });
  });

  test('422 for the role super_admin', async () => {
    const { status, body } = await ask('POST', '/users', newUser('super_admin'));
    expect(status).toBe(422);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer: '/role' })]);
  });
});

describe('GET /users', () => {
  const idsSeen = async (query: string, token = clinic.token) => {
    const { body } = await app.ask('GET', `/users${query}`, { token });
    return (body['data'] as { id: string }[]).map(({ id }) => id);
  };

  test('200 finds by role and by the beginning of a name or address', async () => {
    const doctor = await aColleague(app.ask, clinic, 'doctor');
    const patient = await aPatient(app.ask, clinic, { firstName: 'Zoë', lastName: '100%' });
    expect(await idsSeen('')).toEqual([clinic.user.id, doctor.user.id, patient.user.id]);
    expect(await idsSeen('?role=doctor')).toEqual([doctor.user.id]);
    expect(await idsSeen('?q=zoe')).toEqual([patient.user.id]);
    expect(await idsSeen('?q=100%25')).toEqual([patient.user.id]);
    expect(await idsSeen('?q=%25')).toEqual([]);
    expect(await idsSeen(`?q=${doctor.user.email.slice(0, 12).toUpperCase()}`)).toEqual([doctor.user.id]);
  });

  test('200 shows colleagues to colleagues, but no accounts of patients', async () => {
    const doctor = await aColleague(app.ask, clinic, 'doctor');
    const patient = await aPatient(app.ask, clinic);
    const token = doctor.tokens.accessToken;
    expect(await idsSeen('', token)).toEqual([clinic.user.id, doctor.user.id]);
    expect((await app.ask('GET', `/users/${clinic.user.id}`, { token })).status).toBe(200);
    expect(await app.ask('GET', `/users/${patient.user.id}`, { token })).toMatchObject({
      status: 404,
      body: { code: 'user_not_found' },
    });
  });

  test('403 for patients', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    expect((await app.ask('GET', '/users', { token: tokens.accessToken })).status).toBe(403);
  });

  test('404 user_not_found for a user of another clinic', async () => {
    const other = await aClinic(app.ask);
    const notFound = { status: 404, body: { code: 'user_not_found' } };
    expect(await ask('GET', `/users/${other.user.id}`)).toMatchObject(notFound);
    expect(await patch(other.user.id, { active: false })).toMatchObject(notFound);
  });
});

describe('PATCH /users/:id 200', () => {
  test.each([{ role: 'receptionist' }, { active: false }])(
    '%p ends the sessions of the user',
    async (change) => {
      const { user, tokens } = await aColleague(app.ask, clinic, 'doctor');
      expect((await me(tokens.accessToken)).status).toBe(200);
      expect(await patch(user.id, change)).toMatchObject({ status: 200, body: change });
      expect(await me(tokens.accessToken)).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
      const body = { refreshToken: tokens.refreshToken };
      expect((await app.ask('POST', '/auth/refresh', { body })).status).toBe(401);
    },
  );

  test('another name ends none', async () => {
    const { user, tokens } = await aColleague(app.ask, clinic, 'doctor');
    expect((await patch(user.id, { lastName: 'Curie' })).status).toBe(200);
    expect((await me(tokens.accessToken)).body).toMatchObject({ lastName: 'Curie' });
  });

  test('gives somebody who becomes a patient the profile of one', async () => {
    const { user } = await aColleague(app.ask, clinic, 'receptionist');
    await patch(user.id, { role: 'patient' });
    const { body } = await ask('GET', '/patients');
    expect(body['data']).toEqual([expect.objectContaining({ userId: user.id })]);
  });

  test('a doctor is known as such as soon as the profile is there', async () => {
    const { user, tokens } = await aColleague(app.ask, clinic, 'doctor');
    expect((await me(tokens.accessToken)).body).not.toHaveProperty('doctorId');
    const doctorId = newId();
    doctorsByUser.set(user.id, doctorId);
    expect((await me(tokens.accessToken)).body).toMatchObject({ doctorId });
  });
});

describe('PATCH /users/:id 409 last_admin', () => {
  const lastAdmin = { status: 409, body: { code: 'last_admin' } };

  test('for the only active administrator, whether demoted or deactivated', async () => {
    const second = await aColleague(app.ask, clinic, 'tenant_admin');
    expect((await patch(second.user.id, { active: false })).status).toBe(200);
    expect(await patch(clinic.user.id, { role: 'doctor' })).toMatchObject(lastAdmin);
    expect(await patch(clinic.user.id, { active: false })).toMatchObject(lastAdmin);
    expect((await patch(clinic.user.id, { lastName: 'Lovelace' })).status).toBe(200);
  });

  test('for one of two who demote each other at once', async () => {
    const second = await aColleague(app.ask, clinic, 'tenant_admin');
    const body = { role: 'doctor' };
    const answers = await Promise.all([
      patch(second.user.id, body),
      app.ask('PATCH', `/users/${clinic.user.id}`, { token: second.tokens.accessToken, body }),
    ]);
    const [won, lost] = answers.map(({ status }) => status).sort();
    expect(won).toBe(200);
    expect([401, 409]).toContain(lost); // 401 where the session had ended before the second was let in
  });
});

test('PATCH /users/:id 412 for a stale If-Match', async () => {
  const { user } = await aColleague(app.ask, clinic, 'doctor');
  await patch(user.id, { firstName: 'Marie' }, { 'If-Match': '"1"' });
  const stale = await patch(user.id, { firstName: 'Lise' }, { 'If-Match': '"1"' });
  expect(stale).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
});

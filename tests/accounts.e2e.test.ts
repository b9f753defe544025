import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'otplib';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus, PASSWORD, type Person } from './support/clinic.ts';
import { lettersTo, linkTokens, tokenFromLetter } from './support/letters.ts';
import type { TestServer } from './support/test-server.ts';
import { newId } from '../src/shared/types/id.ts';

const NEW_PASSWORD = 'another horse, another staple';
const DAY_MS = 86_400_000;

let server: TestServer;
let clinic: Clinic;
beforeAll(async () => {
  server = await startCheckedServer();
  clinic = await aClinic(server);
});
afterAll(() => server.stop());

const logIn = ({ email }: { email: string }, password = PASSWORD, at = clinic) =>
  at.anyone.post('/auth/login', { email, password });
const later = (ms: number) => new Date(server.clock.now().getTime() + ms).toISOString();
/** Runs `act` at another time, and comes back. */
const at = async (instant: string, act: () => Promise<unknown>) => {
  const now = server.clock.now().toISOString();
  server.clock.set(instant);
  await act();
  server.clock.set(now);
};

describe('a forgotten password', () => {
  const forgot = (email: string) => clinic.anyone.post('/auth/forgot-password', { email });
  const reset = (token: string, newPassword = NEW_PASSWORD) =>
    server.api.post('/auth/reset-password', { token, newPassword });

  test('is replaced with the token of the letter, which ends every session and works once', async () => {
    const doctor = await clinic.staff('doctor');
    expectStatus(await forgot(doctor.email.toUpperCase()), 202);
    const token = await tokenFromLetter(server, doctor.email);
    expectStatus(await reset(token), 204);
    expectCode(await doctor.api.get('/auth/me'), 'session_revoked');
    expectCode(await logIn(doctor), 'invalid_credentials');
    expectStatus(await logIn(doctor, NEW_PASSWORD), 200);
    expectCode(await reset(token), 'link_expired');
  });

  test('leaves no other open link behind', async () => {
    const doctor = await clinic.staff('doctor');
    await forgot(doctor.email);
    const first = await tokenFromLetter(server, doctor.email);
    await forgot(doctor.email);
    const second = await tokenFromLetter(server, doctor.email, 2);
    expectStatus(await reset(second), 204);
    expectCode(await reset(first), 'link_expired');
  });

  test('is answered the same for an address that nobody has, to which no letter goes', async () => {
    const doctor = await clinic.staff('doctor');
    const nobody = `nobody-${newId()}@example.org`;
    const answers = [await forgot(nobody), await forgot(doctor.email)];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [202, undefined],
      [202, undefined],
    ]);
    await tokenFromLetter(server, doctor.email); // Letters are sent in order.
    expect(await lettersTo(server, nobody)).toEqual([]);
  });

  test('is not mailed more than five times an hour', async () => {
    const doctor = await clinic.staff('doctor');
    for (let asked = 0; asked < 7; asked++) expectStatus(await forgot(doctor.email), 202);
    const other = await clinic.staff('doctor');
    await forgot(other.email);
    await tokenFromLetter(server, other.email);
    expect(await lettersTo(server, doctor.email)).toHaveLength(5);
  });

  test('410 after an hour; 422 for a token that is not ours or to another end, and for a bad password', async () => {
    const doctor = await clinic.staff('doctor');
    await forgot(doctor.email);
    const token = await tokenFromLetter(server, doctor.email);
    await at(later(3_600_001), async () => expectCode(await reset(token), 'link_expired'));
    const forged = linkTokens({
      ...server,
      config: { ...server.config, jwt: { ...server.config.jwt, refreshSecret: 'x' } },
    });
    const invitation = await clinic.admin.api.post('/users/invitations', {
      email: `someone-${newId()}@example.org`,
      role: 'doctor',
    });
    for (const other of [
      'nonsense',
      token.slice(0, -1),
      forged.tokenOf({ tenantId: clinic.tenantId, linkId: newId() }),
      linkTokens(server).tokenOf({ tenantId: clinic.tenantId, linkId: invitation.body.id }),
    ]) {
      const { body } = expectCode(await reset(other), 'validation_failed');
      expect(body.errors).toMatchObject([{ pointer: '/token' }]);
    }
    for (const password of ['password123', doctor.email, 'short']) {
      const { body } = expectCode(await reset(token, password), 'validation_failed');
      expect(body.errors).toMatchObject([{ pointer: '/newPassword' }]);
    }
    expectStatus(await reset(token), 204);
  });

  test('of somebody who may not log in any more stays as it was', async () => {
    const doctor = await clinic.staff('doctor');
    await forgot(doctor.email);
    const token = await tokenFromLetter(server, doctor.email);
    expectStatus(await clinic.admin.api.patch(`/users/${doctor.userId}`, { active: false }), 200);
    expectCode(await reset(token), 'link_expired');
  });
});

describe('requireEmailVerification', () => {
  const verify = (token: string) => server.api.post('/auth/verify-email', { token });

  test('keeps a patient out until the address is proved; then lets them in at once', async () => {
    const strict = await aClinic(server);
    await strict.settings({ requireEmailVerification: true });
    const patient = await strict.patient();
    expectCode(await patient.api.get('/doctors'), 'email_not_verified');
    expect((await patient.api.get('/auth/me')).body.emailVerified).toBe(false);
    expectStatus(await logIn(patient, PASSWORD, strict), 200);
    const token = await tokenFromLetter(server, patient.email);
    expectStatus(await verify(token), 204);
    expectStatus(await patient.api.get('/doctors'), 200);
    expectStatus(await verify(token), 204);
    expectStatus(await patient.api.post('/auth/verify-email/resend'), 202);
    expect(await lettersTo(server, patient.email)).toHaveLength(1);
  });

  test('sends the letter again when asked; the newest and the older link work, until three days are over', async () => {
    const strict = await aClinic(server);
    await strict.settings({ requireEmailVerification: true });
    const patient = await strict.patient();
    const first = await tokenFromLetter(server, patient.email);
    expectStatus(await patient.api.post('/auth/verify-email/resend'), 202);
    const second = await tokenFromLetter(server, patient.email, 2);
    expect(second).not.toBe(first);
    await at(later(3 * DAY_MS + 1), async () => expectCode(await verify(first), 'link_expired'));
    expectStatus(await verify(first), 204);
  });

  test('asks nothing of colleagues, for whom an administrator vouches', async () => {
    const strict = await aClinic(server);
    await strict.settings({ requireEmailVerification: true });
    const doctor = await strict.staff('doctor');
    expectStatus(await doctor.api.get('/doctors'), 200);
    expectStatus(await strict.admin.api.get('/doctors'), 200);
  });
});

describe('an invitation', () => {
  const invite = async (fields: object = {}) => {
    const email = `invited-${newId()}@example.org`;
    const body = { email, role: 'receptionist', ...fields };
    const answer = expectStatus(await clinic.admin.api.post('/users/invitations', body), 201);
    return { email, id: answer.body.id as string, token: await tokenFromLetter(server, email) };
  };
  const accept = (token: string, fields: object = {}) =>
    server.api.post('/auth/accept-invitation', { token, password: PASSWORD, ...fields });
  const names = { firstName: 'Ines', lastName: 'Vited' };

  test('opens an account in its role, with a password that only the invited knows', async () => {
    const { email, id, token } = await invite();
    const { body } = expectStatus(await accept(token, names), 201);
    expect(body.user).toMatchObject({ email, role: 'receptionist', ...names, active: true });
    expect(body.user.emailVerifiedAt).not.toBeNull();
    expectStatus(await logIn({ email }), 200);
    expectCode(await accept(token, names), 'invitation_expired');
    expectCode(await clinic.admin.api.get(`/users/invitations/${id}`), 'invitation_not_found');
  });

  test('may bring the names; without them they are asked for', async () => {
    const named = await invite(names);
    expect(expectStatus(await accept(named.token), 201).body.user).toMatchObject(names);
    const nameless = await invite();
    const { body } = expectCode(await accept(nameless.token, { firstName: 'Ines' }), 'validation_failed');
    expect(body.errors).toMatchObject([{ pointer: '/lastName' }]);
  });

  test('makes a patient with a record', async () => {
    const { token } = await invite({ role: 'patient', ...names });
    const { body } = expectStatus(await accept(token), 201);
    const me = await server.api.get('/auth/me', { Authorization: `Bearer ${body.tokens.accessToken}` });
    expect(me.body.patientId).toEqual(expect.any(String));
  });

  test('is listed until it is accepted or withdrawn', async () => {
    const { id, token } = await invite(names);
    const ids = async () => {
      const { body } = expectStatus(await clinic.admin.api.get('/users/invitations?limit=100'), 200);
      return body.data.map((each: { id: string }) => each.id) as string[];
    };
    expect(await ids()).toContain(id);
    await at(later(8 * DAY_MS), async () => {
      const [admin] = [await clinic.logIn(clinic.admin)];
      const { body } = expectStatus(await admin.api.get(`/users/invitations/${id}`), 200);
      expect(body.status).toBe('expired');
      expectCode(await accept(token), 'invitation_expired');
    });
    expectStatus(await clinic.admin.api.delete(`/users/invitations/${id}`), 204);
    expect(await ids()).not.toContain(id);
    expectCode(await clinic.admin.api.delete(`/users/invitations/${id}`), 'invitation_not_found');
    expectCode(await accept(token), 'invitation_expired');
  });

  test('replaces the one before to the same address', async () => {
    const { email, token } = await invite(names);
    const again = { email, role: 'doctor', ...names };
    expectStatus(await clinic.admin.api.post('/users/invitations', again), 201);
    const newest = await tokenFromLetter(server, email, 2);
    expectCode(await accept(token), 'invitation_expired');
    expect(expectStatus(await accept(newest), 201).body.user.role).toBe('doctor');
    expectCode(await clinic.admin.api.post('/users/invitations', again), 'email_taken');
  });

  test('409 where somebody opened an account with the address meanwhile', async () => {
    const { email, token } = await invite(names);
    const twin = { email, password: PASSWORD, ...names };
    expectStatus(await clinic.anyone.post('/auth/register', twin), 201);
    expectCode(await accept(token), 'email_taken');
  });
});

/** An authenticator app, on the server's clock. */
const codeOf = (secret: string, offsetMs = 0): Promise<string> =>
  generate({ secret, epoch: Math.floor((server.clock.now().getTime() + offsetMs) / 1000) });
const STEP_MS = 30_000;

const withMfa = async (person: Person) => {
  const { secret, otpauthUrl } = expectStatus(await person.api.post('/auth/mfa/totp'), 200).body;
  const code = await codeOf(secret, -STEP_MS);
  const { recoveryCodes } = expectStatus(
    await person.api.post('/auth/mfa/totp/activate', { code }),
    200,
  ).body;
  return { secret, otpauthUrl, recoveryCodes };
};

describe('a second factor', () => {
  const firstStep = async (person: Person): Promise<string> => {
    const answer = expectCode(await logIn(person), 'mfa_required');
    expect(answer.status).toBe(401);
    return answer.body.mfaToken;
  };
  const verify = (mfaToken: string, code: string) => server.api.post('/auth/mfa/verify', { mfaToken, code });

  test('is asked for after the password; each code is good once', async () => {
    const doctor = await clinic.staff('doctor');
    const { secret, otpauthUrl, recoveryCodes } = await withMfa(doctor);
    expect(otpauthUrl).toContain(`secret=${secret}`);
    expect(new Set(recoveryCodes).size).toBe(10);
    const mfaToken = await firstStep(doctor);
    const code = await codeOf(secret);
    const { body } = expectStatus(await verify(mfaToken, code), 200);
    const api = server.api.with({ Authorization: `Bearer ${body.tokens.accessToken}` });
    expect((await api.get('/auth/me')).body.mfaEnabled).toBe(true);
    expectCode(await verify(mfaToken, code), 'invalid_credentials');
    expectStatus(await verify(mfaToken, await codeOf(secret, STEP_MS)), 200);
  });

  test('lets clocks differ by one step, and no more', async () => {
    const doctor = await clinic.staff('doctor');
    const { secret } = await withMfa(doctor);
    const mfaToken = await firstStep(doctor);
    expectCode(await verify(mfaToken, await codeOf(secret, 2 * STEP_MS)), 'invalid_credentials');
    expectCode(await verify(mfaToken, await codeOf(secret, -2 * STEP_MS)), 'invalid_credentials');
    expectStatus(await verify(mfaToken, await codeOf(secret, STEP_MS)), 200);
  });

  test('has recovery codes, each good once, however they are typed', async () => {
    const doctor = await clinic.staff('doctor');
    const { recoveryCodes } = await withMfa(doctor);
    const [first = '', second = ''] = recoveryCodes;
    const mfaToken = await firstStep(doctor);
    const answers = await Promise.all([verify(mfaToken, first), verify(mfaToken, first)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expectStatus(await verify(mfaToken, second.toUpperCase().replace('-', ' ')), 200);
  });

  test('is not reached with a token that is old, of another kind, or of a password that has changed', async () => {
    const doctor = await clinic.staff('doctor');
    const { secret } = await withMfa(doctor);
    const mfaToken = await firstStep(doctor);
    const code = await codeOf(secret);
    for (const token of [doctor.token, doctor.refreshToken, 'nonsense'])
      expectCode(await verify(token, code), 'unauthenticated');
    expectCode(await server.api.get('/auth/me', { Authorization: `Bearer ${mfaToken}` }), 'unauthenticated');
    expectCode(await server.api.post('/auth/refresh', { refreshToken: mfaToken }), 'unauthenticated');
    await at(later(300_001), async () => expectCode(await verify(mfaToken, code), 'token_expired'));
    const passwords = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expectStatus(await doctor.api.put('/auth/change-password', passwords), 204);
    expectCode(await verify(mfaToken, code), 'unauthenticated');
  });

  test('cannot be guessed: 429 after five wrong codes', async () => {
    const doctor = await clinic.staff('doctor');
    const { secret } = await withMfa(doctor);
    const mfaToken = await firstStep(doctor);
    for (let tried = 0; tried < 5; tried++)
      expectCode(await verify(mfaToken, 'aaaaa-aaaaa'), 'invalid_credentials');
    const answer = expectCode(await verify(mfaToken, await codeOf(secret)), 'account_locked');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('counts once a code of it was shown, and goes with the password', async () => {
    const doctor = await clinic.staff('doctor');
    const { api } = doctor;
    expectCode(await api.post('/auth/mfa/totp/activate', { code: '123456' }), 'totp_not_found');
    expectCode(await api.delete('/auth/mfa/totp', { password: PASSWORD }), 'totp_not_found');
    expectStatus(await api.post('/auth/mfa/totp'), 200);
    const { body } = expectCode(
      await api.post('/auth/mfa/totp/activate', { code: 'abcdef' }),
      'validation_failed',
    );
    expect(body.errors).toMatchObject([{ pointer: '/code' }]);
    expectStatus(await logIn(doctor), 200);
    await withMfa(doctor);
    expectCode(await api.post('/auth/mfa/totp'), 'mfa_already_enabled');
    expectCode(await api.post('/auth/mfa/totp/activate', { code: '123456' }), 'mfa_already_enabled');
    expectCode(await api.delete('/auth/mfa/totp', { password: 'wrong' }), 'invalid_credentials');
    expectStatus(await api.delete('/auth/mfa/totp', { password: PASSWORD }), 204);
    expectStatus(await logIn(doctor), 200);
  });

  test('that is lost with its codes is taken away by an administrator', async () => {
    const doctor = await clinic.staff('doctor');
    await withMfa(doctor);
    expectStatus(await clinic.admin.api.delete(`/users/${doctor.userId}/mfa`), 204);
    expectCode(await clinic.admin.api.delete(`/users/${newId()}/mfa`), 'user_not_found');
    expectCode(await doctor.api.get('/auth/me'), 'session_revoked');
    expectStatus(await logIn(doctor), 200);
  });
});

describe('requireMfaForStaff', () => {
  test('lets staff set one up, and nothing else before that, from the moment it is set; patients are not asked', async () => {
    const strict = await aClinic(server);
    const [doctor, patient] = [await strict.staff('doctor'), await strict.patient()];
    expectStatus(await doctor.api.get('/doctors'), 200);
    await strict.settings({ requireMfaForStaff: true });
    expectCode(await doctor.api.get('/doctors'), 'mfa_setup_required');
    const fresh = await strict.logIn(doctor);
    expectCode(await fresh.api.get('/doctors'), 'mfa_setup_required');
    expectStatus(await fresh.api.get('/auth/me'), 200);
    expectStatus(await (await strict.logIn(patient)).api.get('/doctors'), 200);
    await withMfa(fresh);
    expectStatus(await fresh.api.get('/doctors'), 200);
  });
});

describe('whoever guesses a password', () => {
  test('waits after five failures; the owner’s session goes on', async () => {
    const doctor = await clinic.staff('doctor');
    for (let tried = 0; tried < 5; tried++) expectCode(await logIn(doctor, 'wrong'), 'invalid_credentials');
    const answer = expectCode(await logIn(doctor), 'account_locked');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(200);
    expectStatus(await doctor.api.get('/auth/me'), 200);
    const other = await clinic.staff('doctor');
    expectStatus(await logIn(other), 200);
  });

  test('is told the same of an address that nobody has', async () => {
    const nobody = { email: `nobody-${newId()}@example.org` };
    for (let tried = 0; tried < 5; tried++) expectCode(await logIn(nobody), 'invalid_credentials');
    expectCode(await logIn(nobody), 'account_locked');
  });

  test('has no more tries at once than one after the other', async () => {
    const doctor = await clinic.staff('doctor');
    const answers = await Promise.all(Array.from({ length: 20 }, () => logIn(doctor, 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
  });

  test('in a session that somebody left open waits as well', async () => {
    const doctor = await clinic.staff('doctor');
    const change = (currentPassword: string) =>
      doctor.api.put('/auth/change-password', { currentPassword, newPassword: NEW_PASSWORD });
    for (let tried = 0; tried < 5; tried++) expectCode(await change('wrong'), 'invalid_credentials');
    expectCode(await change(PASSWORD), 'account_locked');
    expectCode(await doctor.api.delete('/auth/mfa/totp', { password: PASSWORD }), 'account_locked');
  });

  test('does not keep out an owner who resets the password', async () => {
    const doctor = await clinic.staff('doctor');
    for (let tried = 0; tried < 6; tried++) await logIn(doctor, 'wrong');
    expectStatus(await clinic.anyone.post('/auth/forgot-password', { email: doctor.email }), 202);
    const token = await tokenFromLetter(server, doctor.email);
    expectStatus(await server.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD }), 204);
    expectStatus(await logIn(doctor, NEW_PASSWORD), 200);
  });
});

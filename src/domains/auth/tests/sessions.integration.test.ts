import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  aClinic,
  aPatient,
  type Clinic,
  eventually,
  logIn,
  PASSWORD,
  settableClock,
  type SignedIn,
} from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, startIdentityApp } from '../../../api/tests/identity-app.ts';

const clock = settableClock();
let app: IdentityApp;
let another: IdentityApp;
let withoutRedis: IdentityApp;
let clinic: Clinic;
beforeAll(async () => {
  app = await startIdentityApp({ clock });
  another = await startIdentityApp({ clock });
  withoutRedis = await startIdentityApp({ clock, withoutRedis: true });
  clinic = await aClinic(app.ask);
});
afterAll(() => Promise.all([app, another, withoutRedis].map((each) => each.close())));

const me = (token: string, on = app) => on.ask('GET', '/auth/me', { token });
const revoked = { status: 401, body: { code: 'session_revoked' } };
type Row = { id: string; current: boolean; ip: string; userAgent: string; lastSeenAt: string };
const sessionsOf = async (token: string, query = '', on = app) => {
  const { body } = await on.ask('GET', `/auth/sessions${query}`, { token });
  return body as { data: Row[]; nextCursor: string | null };
};
const isRefused = async ({ tokens }: SignedIn, on: IdentityApp) =>
  (await me(tokens.accessToken, on)).status === 401;

describe('POST /auth/logout 204', () => {
  test('refuses the access token from that moment on, in this process', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    expect((await me(tokens.accessToken)).status).toBe(200);
    expect((await app.ask('POST', '/auth/logout', { token: tokens.accessToken })).status).toBe(204);
    expect(await me(tokens.accessToken)).toMatchObject(revoked);
  });

  test('refuses it at once in another process that has just seen it', async () => {
    const patient = await aPatient(app.ask, clinic);
    expect((await me(patient.tokens.accessToken, another)).status).toBe(200);
    await app.ask('POST', '/auth/logout', { token: patient.tokens.accessToken });
    expect(await eventually(() => isRefused(patient, another))).toBe(true);
  });

  test('refuses it after two seconds in a process that Redis cannot reach', async () => {
    const patient = await aPatient(app.ask, clinic);
    expect((await me(patient.tokens.accessToken, withoutRedis)).status).toBe(200);
    await app.ask('POST', '/auth/logout', { token: patient.tokens.accessToken });
    clock.advance(2_000);
    expect(await me(patient.tokens.accessToken, withoutRedis)).toMatchObject(revoked);
  });

  test('works while Redis is away', async () => {
    const { tokens } = await aPatient(withoutRedis.ask, clinic);
    await withoutRedis.ask('POST', '/auth/logout', { token: tokens.accessToken });
    expect(await me(tokens.accessToken, withoutRedis)).toMatchObject(revoked);
  });

  test('ends no other session of the user', async () => {
    const { user, tokens } = await aPatient(app.ask, clinic);
    const second = await logIn(app.ask, clinic, user.email);
    await app.ask('POST', '/auth/logout', { token: tokens.accessToken });
    expect((await me(second.tokens.accessToken)).status).toBe(200);
  });

  test('tells every process which sessions have ended', async () => {
    const heard: string[] = [];
    for (const { auth } of [app, another]) auth.onSessionsEnded((ids) => heard.push(...ids));
    const { tokens } = await aPatient(app.ask, clinic);
    const id = (await sessionsOf(tokens.accessToken)).data[0]?.id ?? '';
    await app.ask('POST', '/auth/logout', { token: tokens.accessToken });
    const bothHave = () => Promise.resolve(heard.filter((each) => each === id).length === 2);
    expect(await eventually(bothHave)).toBe(true);
  });
});

describe('GET /auth/sessions 200', () => {
  test('pages through the own live sessions, the newest first, and marks the current one', async () => {
    const { user, tokens } = await aPatient(app.ask, clinic);
    const second = await logIn(app.ask, clinic, user.email);
    const third = await logIn(app.ask, clinic, user.email);
    await app.ask('POST', '/auth/logout', { token: second.tokens.accessToken });
    const all = await sessionsOf(tokens.accessToken);
    expect(all.data.map(({ current }) => current)).toEqual([false, true]);
    expect(all.data[0]).toMatchObject({ ip: '127.0.0.1' });
    const first = await sessionsOf(third.tokens.accessToken, '?limit=1');
    expect(first.data).toMatchObject([{ id: all.data[0]?.id, current: true }]);
    const rest = await sessionsOf(third.tokens.accessToken, `?limit=1&cursor=${first.nextCursor ?? ''}`);
    expect(rest).toMatchObject({ data: [{ id: all.data[1]?.id }], nextCursor: null });
  });

  test('shows when a session was last seen, to the minute', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const seen = async () => {
      clock.advance(2_000);
      return (await sessionsOf(tokens.accessToken, '', withoutRedis)).data[0]?.lastSeenAt;
    };
    const before = await seen();
    expect(await seen()).toBe(before);
    clock.advance(60_000);
    expect(await eventually(async () => (await seen()) !== before)).toBe(true);
  });
});

describe('DELETE /auth/sessions/:id', () => {
  test('204 ends the session at once', async () => {
    const { user, tokens } = await aPatient(app.ask, clinic);
    const lost = await logIn(app.ask, clinic, user.email);
    const id = (await sessionsOf(tokens.accessToken)).data.find(({ current }) => !current)?.id ?? '';
    expect((await me(lost.tokens.accessToken)).status).toBe(200);
    const { status } = await app.ask('DELETE', `/auth/sessions/${id}`, { token: tokens.accessToken });
    expect(status).toBe(204);
    expect(await me(lost.tokens.accessToken)).toMatchObject(revoked);
    expect((await me(tokens.accessToken)).status).toBe(200);
  });

  test('404 session_not_found for somebody else’s, for one that has ended, and for none', async () => {
    const [mine, theirs] = [await aPatient(app.ask, clinic), await aPatient(app.ask, clinic)];
    const id = (await sessionsOf(theirs.tokens.accessToken)).data[0]?.id ?? '';
    const remove = (each: string, { tokens }: SignedIn) =>
      app.ask('DELETE', `/auth/sessions/${each}`, { token: tokens.accessToken });
    const notFound = { status: 404, body: { code: 'session_not_found' } };
    expect(await remove(id, mine)).toMatchObject(notFound);
    expect(await remove(mine.user.id, mine)).toMatchObject(notFound);
    expect((await me(theirs.tokens.accessToken)).status).toBe(200);
    expect((await remove('nonsense', mine)).status).toBe(422);
  });
});

describe('PUT /auth/change-password', () => {
  const change = (token: string, currentPassword: string, newPassword: string) =>
    app.ask('PUT', '/auth/change-password', { token, body: { currentPassword, newPassword } });

  test('204 ends every other session, and the old password opens none', async () => {
    const { user, tokens } = await aPatient(app.ask, clinic);
    const elsewhere = await logIn(app.ask, clinic, user.email);
    expect((await change(tokens.accessToken, PASSWORD, 'another horse battery')).status).toBe(204);
    expect((await me(tokens.accessToken)).status).toBe(200);
    expect(await me(elsewhere.tokens.accessToken)).toMatchObject(revoked);
    await expect(logIn(app.ask, clinic, user.email)).rejects.toThrow('401');
    const body = { email: user.email, password: 'another horse battery' };
    expect((await app.ask('POST', '/auth/login', { headers: clinic.named, body })).status).toBe(200);
  });

  test('401 invalid_credentials for a wrong current password, and nothing changes', async () => {
    const { user, tokens } = await aPatient(app.ask, clinic);
    const answer = await change(tokens.accessToken, 'wrong horse battery', 'another horse battery');
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    await logIn(app.ask, clinic, user.email);
  });

  test('422 for a new password that is too short', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const { status, body } = await change(tokens.accessToken, PASSWORD, 'short');
    expect(status).toBe(422);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer: '/newPassword' })]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { aClinic, aPatient, type Clinic, settableClock, type Tokens } from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, startIdentityApp } from '../../../api/tests/identity-app.ts';
import { bin, sql } from '../../../database/sql.ts';

const DAY_MS = 86_400_000;
/** When nobody waits for a lost answer any more. */
const LATER_MS = 10_001;
const clock = settableClock();
let app: IdentityApp;
let clinic: Clinic;
beforeAll(async () => {
  app = await startIdentityApp({ clock });
  clinic = await aClinic(app.ask);
});
afterAll(() => app.close());

const refresh = (refreshToken: string) => app.ask('POST', '/auth/refresh', { body: { refreshToken } });
const me = (token: string) => app.ask('GET', '/auth/me', { token });
const tokensOf = ({ body }: { body: Readonly<Record<string, unknown>> }) => body['tokens'] as Tokens;
const refused = (code: string) => ({ status: 401, body: { code } });

describe('200', () => {
  test('replaces both tokens; the access token that is out goes on until it expires', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const answer = await refresh(tokens.refreshToken);
    expect(answer.status).toBe(200);
    const next = tokensOf(answer);
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    for (const { accessToken } of [tokens, next]) expect((await me(accessToken)).status).toBe(200);
  });

  test('keeps a session open for as long as it is used once in seven days', async () => {
    let { tokens } = await aPatient(app.ask, clinic);
    for (let week = 0; week < 3; week++) {
      clock.advance(7 * DAY_MS - 1_000);
      tokens = tokensOf(await refresh(tokens.refreshToken));
    }
    expect((await me(tokens.accessToken)).status).toBe(200);
  });
});

describe('200 once more', () => {
  test('for a client that has lost the answer: the same successor, which replaces both as before', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const lost = tokensOf(await refresh(tokens.refreshToken));
    clock.advance(9_000);
    const again = tokensOf(await refresh(tokens.refreshToken));
    const idOf = ({ refreshToken }: Tokens) => decodeJwt(refreshToken).jti;
    expect(idOf(again)).toBe(idOf(lost));
    expect((await me(again.accessToken)).status).toBe(200);
    expect((await refresh(again.refreshToken)).status).toBe(200);
  });

  test('not once the successor has been used: somebody has copied it', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const next = tokensOf(await refresh(tokens.refreshToken));
    const last = tokensOf(await refresh(next.refreshToken));
    expect(await refresh(tokens.refreshToken)).toMatchObject(refused('refresh_token_reused'));
    expect(await refresh(last.refreshToken)).toMatchObject(refused('session_revoked'));
  });

  test('a thief and the owner who both hold the successor end the session', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const owners = tokensOf(await refresh(tokens.refreshToken));
    const thiefs = tokensOf(await refresh(tokens.refreshToken));
    await refresh(thiefs.refreshToken);
    clock.advance(LATER_MS);
    expect(await refresh(owners.refreshToken)).toMatchObject(refused('refresh_token_reused'));
  });

  test('all who bring a token at once get the same successor', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(tokens.refreshToken)));
    expect(new Set(answers.map((each) => decodeJwt(tokensOf(each).refreshToken).jti)).size).toBe(1);
  });
});

describe('401', () => {
  test('refresh_token_reused ends the session of a token that comes back', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    const next = tokensOf(await refresh(tokens.refreshToken));
    expect((await me(next.accessToken)).status).toBe(200);
    clock.advance(LATER_MS);
    expect(await refresh(tokens.refreshToken)).toMatchObject(refused('refresh_token_reused'));
    expect(await refresh(next.refreshToken)).toMatchObject(refused('session_revoked'));
    for (const { accessToken } of [tokens, next])
      expect(await me(accessToken)).toMatchObject(refused('session_revoked'));
  });

  test('refresh_token_reused leaves an audit row and the event session.revoked', async () => {
    const theirs = await aClinic(app.ask);
    await refresh(theirs.tokens.refreshToken);
    clock.advance(LATER_MS);
    await refresh(theirs.tokens.refreshToken);
    const tenant = bin(theirs.tenant.id);
    const db = app.database.read(theirs.tenant.id);
    const audit = await db.one(sql`
      SELECT resource_type AS resourceType FROM audit_logs
      WHERE tenant_id = ${tenant} AND action = 'session.refresh_reused'`);
    expect(audit).toEqual({ resourceType: 'session' });
    const event = await db.one<{ payload: unknown }>(sql`
      SELECT payload FROM outbox WHERE tenant_id = ${tenant} AND type = 'session.revoked'`);
    expect(event?.payload).toMatchObject({ sessionIds: [expect.any(String)] });
  });

  test('token_expired after seven days', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    clock.advance(7 * DAY_MS + 1_000);
    expect(await refresh(tokens.refreshToken)).toMatchObject(refused('token_expired'));
  });

  test('unauthenticated for an access token or nonsense', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    for (const token of [tokens.accessToken, 'nonsense'])
      expect(await refresh(token)).toMatchObject(refused('unauthenticated'));
  });

  test('unauthenticated for a refresh token that serves as access token', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    expect(await me(tokens.refreshToken)).toMatchObject(refused('unauthenticated'));
  });

  test('session_revoked after a logout', async () => {
    const { tokens } = await aPatient(app.ask, clinic);
    await app.ask('POST', '/auth/logout', { token: tokens.accessToken });
    expect(await refresh(tokens.refreshToken)).toMatchObject(refused('session_revoked'));
  });
});

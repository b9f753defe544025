import { newId } from '../../src/shared/types/id.ts';
import { type Clinic, expectCode, expectStatus, PASSWORD } from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const LATER = { accessTokenIsOld: '2027-03-15T08:16:00Z', refreshTokenIsOld: '2027-03-23T08:00:00Z' };

/** Logging in, staying so, and every way in which it ends. Moves the clock, so it comes last. */
export const sessions = async ({ api, clock }: TestServer, clinic: Clinic): Promise<void> => {
  const { anyone, admin } = clinic;
  const logIn = async (password = PASSWORD) => {
    const answer = await anyone.post('/auth/login', { email: admin.email, password });
    return expectStatus(answer, 200).body.tokens as { accessToken: string; refreshToken: string };
  };
  expectStatus(await admin.api.get('/auth/me'), 200);
  expectCode(await anyone.get('/auth/me'), 'unauthenticated');
  expectCode(
    await anyone.post('/auth/login', { email: admin.email, password: 'wrong' }),
    'invalid_credentials',
  );
  const passwords = { currentPassword: PASSWORD, newPassword: 'another horse, another staple' };
  expectCode(
    await admin.api.put('/auth/change-password', { ...passwords, currentPassword: 'wrong' }),
    'invalid_credentials',
  );
  expectStatus(await admin.api.put('/auth/change-password', passwords), 204);

  const first = await logIn(passwords.newPassword);
  const refresh = (refreshToken: string) => api.post('/auth/refresh', { refreshToken });
  expectCode(await refresh('made.up'), 'unauthenticated');
  const second = expectStatus(await refresh(first.refreshToken), 200).body.tokens;
  const third = expectStatus(await refresh(second.refreshToken), 200).body.tokens;
  expectCode(await refresh(first.refreshToken), 'refresh_token_reused');
  expectCode(await refresh(third.refreshToken), 'session_revoked');

  const { accessToken } = await logIn(passwords.newPassword);
  const { body: open } = expectStatus(await admin.api.get('/auth/sessions?limit=10'), 200);
  const other = open.data.find(({ current }: { current: boolean }) => !current);
  expectStatus(await admin.api.delete(`/auth/sessions/${other.id}`), 204);
  expectCode(await admin.api.delete(`/auth/sessions/${newId()}`), 'session_not_found');
  expectCode(await api.get('/auth/me', bearer(accessToken)), 'session_revoked');

  const last = await logIn(passwords.newPassword);
  clock.set(LATER.accessTokenIsOld);
  expectCode(await api.get('/auth/me', bearer(last.accessToken)), 'token_expired');
  clock.set(LATER.refreshTokenIsOld);
  expectCode(await refresh(last.refreshToken), 'token_expired');
  const leaving = bearer((await logIn(passwords.newPassword)).accessToken);
  expectStatus(await api.post('/auth/logout', undefined, leaving), 204);
  expectCode(await api.post('/auth/logout', undefined, leaving), 'session_revoked');
  const everywhere = bearer((await logIn(passwords.newPassword)).accessToken);
  expectStatus(await api.delete('/auth/sessions', undefined, everywhere), 204);
  expectCode(await api.get('/auth/me', everywhere), 'session_revoked');
};

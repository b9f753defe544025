import { describe, expect, test } from '@jest/globals';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { settableClock } from '../../../api/tests/a-clinic.ts';
import { newId } from '../../../shared/types/id.ts';
import { createTokenSigner } from '../services/token-signer.ts';

const clock = settableClock();
const secrets = { accessSecret: 'the access secret', refreshSecret: 'the refresh secret', keys: [] };
const signer = createTokenSigner({ config: { jwt: secrets }, clock });
const bearer = () => ({
  tenantId: newId(),
  userId: newId(),
  sessionId: newId(),
  role: 'doctor' as const,
  refreshId: newId(),
  refreshUntil: new Date(clock.now().getTime() + 7 * 86_400_000),
});
const key = (secret: string) => new TextEncoder().encode(secret);

/** A token with the claims of `token`, made by somebody else. */
const forge = (token: string, secret: string, { alg = 'HS256', typ = 'at+jwt', aud = 'api' } = {}) =>
  new SignJWT({ ...decodeJwt(token), aud }).setProtectedHeader({ alg, typ }).sign(key(secret));

const unauthenticated = { problem: { code: 'unauthenticated' } };

describe('an access token', () => {
  test('says for whom it is, and that it lasts fifteen minutes', async () => {
    const who = bearer();
    const tokens = await signer.issue(who);
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
    const { tenantId, userId, sessionId } = who;
    const claims = await signer.readAccess(tokens.accessToken);
    expect(claims).toMatchObject({ tenantId, userId, sessionId });
    const payload = decodeJwt(tokens.accessToken);
    expect(payload).toMatchObject({ sub: userId, tid: tenantId, sid: sessionId, role: 'doctor' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });

  test('is token_expired afterwards', async () => {
    const { accessToken } = await signer.issue(bearer());
    clock.advance(900_001);
    await expect(signer.readAccess(accessToken)).rejects.toMatchObject({
      problem: { code: 'token_expired' },
    });
  });

  test('is not one that is unsigned, signed by others, by another algorithm, of another type, or for another use', async () => {
    const { accessToken } = await signer.issue(bearer());
    const [header, payload, signature] = accessToken.split('.');
    const forgeries = [
      new UnsecuredJWT(decodeJwt(accessToken)).encode(),
      `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload ?? ''}.`,
      await forge(accessToken, 'another secret'),
      await forge(accessToken, secrets.accessSecret, { alg: 'HS512' }),
      await forge(accessToken, secrets.accessSecret, { typ: 'JWT' }),
      await forge(accessToken, secrets.accessSecret, { aud: 'refresh' }),
      `${header ?? ''}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature ?? ''}`,
      accessToken.slice(0, -2),
      'nonsense',
      '',
    ];
    for (const forgery of forgeries)
      await expect(signer.readAccess(forgery)).rejects.toMatchObject(unauthenticated);
    expect(await signer.readAccess(await forge(accessToken, secrets.accessSecret))).toBeDefined();
  });

  test('is not one whose claims are not those of a session', async () => {
    const token = await new SignJWT({ tid: 'x' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer('doctor-appointment-saas')
      .setAudience('api')
      .setExpirationTime(new Date(clock.now().getTime() + 60_000))
      .sign(key(secrets.accessSecret));
    await expect(signer.readAccess(token)).rejects.toMatchObject(unauthenticated);
  });
});

test('neither token serves as the other, also where both secrets are the same', async () => {
  const careless = createTokenSigner({
    config: { jwt: { accessSecret: 'same', refreshSecret: 'same', keys: [] } },
    clock,
  });
  for (const each of [signer, careless]) {
    const { accessToken, refreshToken } = await each.issue(bearer());
    await expect(each.readAccess(refreshToken)).rejects.toMatchObject(unauthenticated);
    await expect(each.readRefresh(accessToken)).rejects.toMatchObject(unauthenticated);
  }
});

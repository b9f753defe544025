import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import { settableClock } from '../../../api/tests/a-clinic.ts';
import { newId } from '../../../shared/types/id.ts';
import { type PublicKey, publicKeysOf } from '../services/signing-keys.ts';
import { createTokenSigner } from '../services/token-signer.ts';

const clock = settableClock();
const aKey = (kid: string) => {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kid, kty: 'OKP', crv: 'Ed25519', x, d } as const;
};
const [old, current, strange] = [aKey('2026'), aKey('2027'), aKey('2028')];
const secrets = { accessSecret: 'the access secret', refreshSecret: 'the refresh secret' };
const signerWith = (...keys: ReturnType<typeof aKey>[]) =>
  createTokenSigner({ config: { jwt: { ...secrets, keys } }, clock });
const bearer = () => ({
  tenantId: newId(),
  userId: newId(),
  sessionId: newId(),
  role: 'doctor' as const,
  refreshId: newId(),
  refreshUntil: new Date(clock.now().getTime() + 7 * 86_400_000),
});
const unauthenticated = { problem: { code: 'unauthenticated' } };

describe('with key pairs', () => {
  test('the first signs, and whoever has the published keys can check what it signed', async () => {
    const { accessToken } = await signerWith(current, old).issue(bearer());
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'EdDSA', kid: '2027', typ: 'at+jwt' });
    const published: PublicKey[] = publicKeysOf([current, old]);
    expect(published.map(({ kid }) => kid)).toEqual(['2027', '2026']);
    expect(JSON.stringify(published)).not.toContain(current.d);
    const options = { audience: 'api', currentDate: clock.now() };
    const { payload } = await jwtVerify(accessToken, createLocalJWKSet({ keys: published }), options);
    expect(payload.sub).toBe(decodeJwt(accessToken).sub);
  });

  test('a new one goes in front and nobody is logged out, also on the way from the secrets', async () => {
    const generations = [signerWith(), signerWith(old), signerWith(current, old)];
    const newest = generations.at(-1) ?? signerWith();
    for (const signer of generations) {
      const { accessToken, refreshToken } = await signer.issue(bearer());
      await expect(newest.readAccess(accessToken)).resolves.toBeDefined();
      await expect(newest.readRefresh(refreshToken)).resolves.toBeDefined();
    }
  });

  test('a token of a key that is not there any more, or never was, is refused', async () => {
    for (const signer of [signerWith(old), signerWith(strange)]) {
      const { accessToken } = await signer.issue(bearer());
      await expect(signerWith(current).readAccess(accessToken)).rejects.toMatchObject(unauthenticated);
    }
  });

  test('a public key is no secret: what is signed with it by HS256 is refused, with a kid and without', async () => {
    const signer = signerWith(current);
    const { accessToken } = await signer.issue(bearer());
    const pem = createPublicKey({ key: current, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const secret of [pem.toString(), current.x, JSON.stringify(publicKeysOf([current])[0])]) {
      for (const header of [{ kid: '2027' }, {}]) {
        const forged = await new SignJWT(decodeJwt(accessToken))
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
          .sign(Buffer.from(secret));
        await expect(signer.readAccess(forged)).rejects.toMatchObject(unauthenticated);
      }
    }
  });

  test('the secret signs nothing that bears the name of a key', async () => {
    const signer = signerWith(current);
    const { accessToken } = await signer.issue(bearer());
    const forged = await new SignJWT(decodeJwt(accessToken))
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: '2027' })
      .sign(Buffer.from(secrets.accessSecret));
    await expect(signer.readAccess(forged)).rejects.toMatchObject(unauthenticated);
  });

  test('neither token serves as the other, though one key signs both', async () => {
    const signer = signerWith(current);
    const { accessToken, refreshToken } = await signer.issue(bearer());
    await expect(signer.readAccess(refreshToken)).rejects.toMatchObject(unauthenticated);
    await expect(signer.readRefresh(accessToken)).rejects.toMatchObject(unauthenticated);
  });
});

describe('a token that is well signed', () => {
  const claims = () => ({
    ...{ tid: newId(), sid: newId(), jti: newId(), sub: newId() },
    iss: 'doctor-appointment-saas',
    aud: 'api',
  });
  const inSeconds = (seconds: number) => Math.floor(clock.now().getTime() / 1000) + seconds;
  const signed = async (changes: object) =>
    new SignJWT({ ...claims(), exp: inSeconds(60), ...changes })
      .setProtectedHeader({ alg: 'EdDSA', kid: '2027', typ: 'at+jwt' })
      .sign(await importJWK(current, 'EdDSA'));

  test.each([
    ['from another issuer', () => ({ iss: 'somebody-else' })],
    ['for another audience', () => ({ aud: 'elsewhere' })],
    ['not yet valid', () => ({ nbf: inSeconds(60) })],
    ['for ever', () => ({ exp: undefined })],
    ['for no clinic', () => ({ tid: undefined })],
  ])('is refused: %s', async (_name, changes) => {
    await expect(signerWith(current).readAccess(await signed(changes()))).rejects.toMatchObject(
      unauthenticated,
    );
    await expect(signerWith(current).readAccess(await signed({}))).resolves.toBeDefined();
  });
});

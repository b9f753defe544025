import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { errors, type JWTHeaderParameters } from 'jose';
import type { Config } from '../../../shared/config/config.ts';

/** What a token is signed with, and what its header says of that. */
type SigningKey = {
  readonly header: { readonly alg: string; readonly kid?: string };
  readonly key: KeyObject;
};

/** A public key as JWK (RFC 7517), for whoever wants to check our tokens. */
export type PublicKey = Readonly<Record<'kid' | 'kty' | 'crv' | 'x' | 'alg' | 'use', string>>;

/** The keys for one kind of token. */
export type SigningKeys = {
  readonly signing: SigningKey;
  /** The one key that may have signed a token with this header; an algorithm that is not the key's is refused. */
  keyFor(header: JWTHeaderParameters): KeyObject;
};

/** HS256 with a secret. Where key pairs are configured, the first one signs (EdDSA, RFC 8037), and all are read. */
export const createSigningKeys = (secret: string, pairs: Config['jwt']['keys']): SigningKeys => {
  const shared = createSecretKey(secret, 'utf8');
  const publicKeys = new Map(
    pairs.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })] as const),
  );
  const [first] = pairs;
  const signing: SigningKey = first
    ? {
        header: { alg: 'EdDSA', kid: first.kid },
        key: createPrivateKey({ key: first, format: 'jwk' }),
      }
    : { header: { alg: 'HS256' }, key: shared };

  return {
    signing,
    // Tokens without a kid are those from before there were key pairs; they end with the secret that signed them.
    keyFor: ({ alg, kid }) => {
      if (kid === undefined && alg === 'HS256') return shared;
      const key = alg === 'EdDSA' && kid !== undefined ? publicKeys.get(kid) : undefined;
      if (!key) throw new errors.JWSInvalid(`No key for ${alg}, kid ${String(kid)}`);
      return key;
    },
  };
};

export const publicKeysOf = (pairs: Config['jwt']['keys']): PublicKey[] =>
  pairs.map(({ kid, kty, crv, x }) => ({ kid, kty, crv, x, alg: 'EdDSA', use: 'sig' }));

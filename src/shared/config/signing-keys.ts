import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A key pair for EdDSA (RFC 8037) as JWK. Without `d`, which is its secret, it only verifies. */
const SigningKey = z.object({
  kid: z.string().min(1).max(100),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string().exactOptional(),
});
export type SigningKey = z.output<typeof SigningKey>;

const SigningKeySet = z.object({ keys: z.array(SigningKey).min(1) });

const isUsable = ([first, ...others]: readonly SigningKey[]): boolean => {
  try {
    if (first?.d === undefined) return false;
    createPrivateKey({ key: first, format: 'jwk' });
    for (const key of others) createPublicKey({ key, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
};

const PROBLEM =
  'must be a JWK Set of Ed25519 keys, each with kid and x and the first with d, or the path of a file with one';

/** A JWK Set (RFC 7517, section 5), or the path of a file that holds one. The message of a failure shows none of it. */
export const signingKeys = z.string().transform((given, ctx): SigningKey[] => {
  try {
    const text = given.trimStart().startsWith('{') ? given : readFileSync(given, 'utf8');
    const { keys } = SigningKeySet.parse(JSON.parse(text));
    const isUnambiguous = new Set(keys.map(({ kid }) => kid)).size === keys.length;
    if (isUnambiguous && isUsable(keys)) return keys;
  } catch {
    // What is wrong with it is said below, without its content.
  }
  ctx.addIssue({ code: 'custom', message: PROBLEM });
  return z.NEVER;
});

import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { deriveKey } from '../../../shared/crypto/sealed-box.ts';
import type { MasterKeys } from '../../../shared/crypto/master-keys.ts';
import { Id } from '../../../shared/types/id.ts';
import { canonicalJson } from '../../../shared/utils/canonical-json.ts';
import { ExplainedError } from '../../../shared/utils/explained-error.ts';

const FORMAT = 'doctor-appointment-audit-anchor';

/** What the last batch of each clinic was at a time, signed: kept where the database's owner cannot reach, nobody rewrites what lies before. */
export const Anchor = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  madeAt: z.iso.datetime(),
  heads: z.array(
    z.strictObject({ tenantId: Id, batch: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
  /** Ed25519, SPKI in base64. */
  publicKey: z.string(),
  signature: z.string(),
});
export type Anchor = z.output<typeof Anchor>;
export type Head = Anchor['heads'][number];

/** The file is no anchor, or not one that this installation has signed. */
export class AnchorError extends ExplainedError {}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const privateKeyOf = (masterKey: Buffer): KeyObject => {
  const seed = deriveKey(masterKey, 'anchor of the audit trail');
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
};
const publicTextOf = (key: KeyObject): string =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');

/** The keys with which this installation signs, or has signed: one of each master key, the one in use first. */
export const anchorKeysOf = (masterKeys: MasterKeys): [string, ...string[]] => {
  const [first, ...others] = masterKeys.map(({ key }) => publicTextOf(privateKeyOf(key)));
  return [first ?? '', ...others];
};

const signedPart = (anchor: Anchor) => Buffer.from(canonicalJson({ ...anchor, signature: '' }));

export const newAnchor = ([{ key }]: MasterKeys, heads: readonly Head[], now: Date): Anchor => {
  const signer = privateKeyOf(key);
  const anchor: Anchor = {
    format: FORMAT,
    version: 1,
    madeAt: now.toISOString(),
    heads: [...heads],
    publicKey: publicTextOf(signer),
    signature: '',
  };
  return { ...anchor, signature: sign(null, signedPart(anchor), signer).toString('base64') };
};

/** Reads an anchor. Throws {@link AnchorError} for one that was changed, or that none of `trusted` has signed. */
export const readAnchor = (text: string, trusted: readonly string[]): Anchor => {
  const anchor = parsed(text);
  if (!trusted.includes(anchor.publicKey))
    throw new AnchorError(
      `The anchor is signed with a key that this installation does not have: ${anchor.publicKey}. If it is one from before, say so: --public-key ${anchor.publicKey}`,
    );
  const key = createPublicKey({ key: Buffer.from(anchor.publicKey, 'base64'), format: 'der', type: 'spki' });
  if (!verify(null, signedPart(anchor), key, Buffer.from(anchor.signature, 'base64')))
    throw new AnchorError('The anchor was changed after it was signed.');
  return anchor;
};

const parsed = (text: string): Anchor => {
  try {
    return Anchor.parse(JSON.parse(text));
  } catch (cause) {
    throw new AnchorError('This is no file of npm run audit:anchor.', { cause });
  }
};

import { createHash, randomBytes } from 'node:crypto';
import { uuidOf } from '../../../database/sql.ts';

const TENANT_BYTES = 16;
const RANDOM_BYTES = 32;

/** The secret in the address of a feed: the tenant, so that one shard is asked, and 256 bits that cannot be guessed. */
export const newCalendarSecret = (tenant: Buffer): string =>
  Buffer.concat([tenant, randomBytes(RANDOM_BYTES)]).toString('base64url');

/** The tenant that a secret names; nothing for text that is none. */
export const tenantOfSecret = (secret: string): string | undefined => {
  if (!/^[\w-]{64}$/.test(secret)) return undefined;
  return uuidOf(Buffer.from(secret, 'base64url').subarray(0, TENANT_BYTES));
};

/** What is stored of a secret. It is random, so that no slow hash is needed. */
export const hashOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

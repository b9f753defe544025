import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { uuidOf } from '../../../database/sql.ts';

/** What secret scanners look for: `das_[0-9A-Za-z]{71}`, of which the last six are a checksum of the rest. */
const PREFIX = 'das_';
const TENANT_BYTES = 16;
const RANDOM_BYTES = 32;
const SECRET_CHARACTERS = 65;
const CHECKSUM_CHARACTERS = 6;
const KEY = new RegExp(`^${PREFIX}[0-9A-Za-z]{${SECRET_CHARACTERS + CHECKSUM_CHARACTERS}}$`);
const HINT_CHARACTERS = 4;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = BigInt(DIGITS.length);

const base62 = (number: bigint, length: number): string => {
  let text = '';
  for (let rest = number; rest > 0n; rest /= BASE) text = (DIGITS[Number(rest % BASE)] ?? '') + text;
  return text.padStart(length, '0');
};
const numberOf = (text: string): bigint =>
  Array.from(text).reduce((number, digit) => number * BASE + BigInt(DIGITS.indexOf(digit)), 0n);

const checksumOf = (text: string) => base62(BigInt(crc32(text)), CHECKSUM_CHARACTERS);

/** A key: the tenant, so that one shard is asked, and 256 bits that cannot be guessed; with a checksum, as no other text has. */
export const newApiKey = (tenant: Buffer): string => {
  const bytes = Buffer.concat([tenant, randomBytes(RANDOM_BYTES)]);
  const text = PREFIX + base62(BigInt(`0x${bytes.toString('hex')}`), SECRET_CHARACTERS);
  return text + checksumOf(text);
};

/** Whether a bearer token means to be a key; access tokens never begin like one. */
export const looksLikeApiKey = (token: string): boolean => token.startsWith(PREFIX);

/** The tenant that a key names; nothing for text that is none, which is told without asking anybody. */
export const tenantOfApiKey = (key: string): string | undefined => {
  if (!KEY.test(key)) return undefined;
  const text = key.slice(0, -CHECKSUM_CHARACTERS);
  if (checksumOf(text) !== key.slice(-CHECKSUM_CHARACTERS)) return undefined;
  const hex = numberOf(text.slice(PREFIX.length)).toString(16);
  if (hex.length > (TENANT_BYTES + RANDOM_BYTES) * 2) return undefined;
  const bytes = Buffer.from(hex.padStart((TENANT_BYTES + RANDOM_BYTES) * 2, '0'), 'hex');
  return uuidOf(bytes.subarray(0, TENANT_BYTES));
};

/** What is stored of a key. */
export const hashOfApiKey = (key: string): Buffer => createHash('sha256').update(key).digest();
export const hintOfApiKey = (key: string): string => key.slice(-HINT_CHARACTERS);

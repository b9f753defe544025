import { isIP } from 'node:net';
import { z } from 'zod';
import { KEY_BYTES } from '../crypto/sealed-box.ts';

/** Text that says something: a variable that is set to nothing is a mistake, and not the same as one that is not set. */
export const text = z.string().min(1, 'must not be empty');

export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((given) => given === 'true');

export const wholeNumber = (least: number, most: number) => {
  const problem = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, problem)
    .transform(Number)
    .refine((number) => number >= least && number <= most, problem);
};
export const port = wholeNumber(1, 65_535);
export const milliseconds = (least: number) => wholeNumber(least, 3_600_000);

const itemsOf = (given: string): string[] =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const isOrigin = (item: string): boolean => URL.canParse(item) && new URL(item).origin === item;

const keyOf = (given: string): Buffer =>
  /^[0-9a-f]{64}$/i.test(given) ? Buffer.from(given, 'hex') : Buffer.from(given, 'base64');
const isKey = (given: string): boolean => /^[\w+/-]+=*$/.test(given) && keyOf(given).length === KEY_BYTES;
const KEY_PROBLEM = `must be ${KEY_BYTES} random bytes in base64; make them with: openssl rand -base64 ${KEY_BYTES}`;

/** 32 bytes in base64 or hexadecimal digits. */
export const masterKey = z
  .string()
  .trim()
  .refine(isKey, KEY_PROBLEM)
  .transform((given) => ({ id: 'default', key: keyOf(given) }));

const NAMED_KEY = /^([\w.-]{1,40}):(.+)$/;

/** Keys with names, as in `2027:base64,2026:base64`. */
export const masterKeys = z.string().transform((given, ctx) => {
  const keys = itemsOf(given).map((item) => {
    const [, id = '', key = ''] = NAMED_KEY.exec(item) ?? [];
    return { id, key };
  });
  const isGood = keys.length > 0 && keys.every(({ id, key }) => id !== '' && isKey(key));
  if (!isGood) {
    ctx.addIssue({
      code: 'custom',
      message: `must be name:key, with commas between several; each key ${KEY_PROBLEM}`,
    });
  } else if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    ctx.addIssue({ code: 'custom', message: 'must not hold two keys of one name' });
  }
  return keys.map(({ id, key }) => ({ id, key: keyOf(key) }));
});

/** Origins as browsers send them; nothing else would ever match. */
export const origins = z
  .string()
  .transform(itemsOf)
  .refine(
    (items) => items.every(isOrigin),
    'must be origins separated by commas, such as https://app.example.com, without a path',
  );

/** The ranges that Express knows by name. */
const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

const isRange = (item: string): boolean => {
  const [address = '', prefix = '1', ...more] = item.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= bits && more.length === 0;
};

/** Ranges of addresses in CIDR notation. */
export const ranges = z
  .string()
  .transform(itemsOf)
  .refine(
    (items) => items.every((item) => item.includes('/') && isRange(item)),
    'must be ranges separated by commas, such as 10.0.0.0/8 or 127.0.0.1/32',
  );

/**
 * What `trust proxy` of Express takes: a number of hops, or addresses. Empty: no proxy is trusted. `true` is refused,
 * since with it every client chooses the address that it seems to come from.
 */
export const trustProxy = z.string().transform((given, ctx): number | string[] | false => {
  if (given === '' || given === 'false') return false;
  if (/^\d{1,2}$/.test(given)) return Number(given);
  const items = itemsOf(given);
  if (items.every((item) => NAMED_RANGES.includes(item) || isRange(item))) return items;
  ctx.addIssue({
    code: 'custom',
    message: `must be a number of proxies, or addresses and ranges separated by commas (${NAMED_RANGES.join(', ')}, 10.0.0.0/8)`,
  });
  return z.NEVER;
});

const isNameServer = (item: string): boolean => {
  const [, inBrackets, portAfter] = /^\[(.+)\](?::(\d{1,5}))?$/.exec(item) ?? [];
  if (inBrackets !== undefined) return isIP(inBrackets) === 6 && Number(portAfter ?? 53) <= 65_535;
  const [address = '', portOf4 = '53', ...more] = item.split(':');
  if (isIP(item) === 6) return true;
  return isIP(address) === 4 && /^\d{1,5}$/.test(portOf4) && Number(portOf4) <= 65_535 && more.length === 0;
};

/** Addresses of name servers as `dns.setServers` takes them. */
export const dnsServers = z
  .string()
  .transform(itemsOf)
  .refine(
    (items) => items.length > 0 && items.every(isNameServer),
    'must be addresses of name servers separated by commas, such as 192.0.2.53 or 192.0.2.53:5353',
  );

export const countryCode = z.string().regex(/^[1-9]\d{0,2}$/, 'must be a country code such as 49');

const isHost = (item: string): boolean =>
  URL.canParse(`https://${item}`) && new URL(`https://${item}`).host === item;

export const hosts = z
  .string()
  .transform(itemsOf)
  .refine((items) => items.every(isHost), 'must be hosts separated by commas, such as push.example.com:8443');

const PAIR = /^([^=\s]+)=(.*)$/;

const decoded = (value: string): string | undefined => {
  try {
    return decodeURIComponent(value.trim());
  } catch {
    return undefined;
  }
};

/** `name=value,other=value`, values percent-encoded where they need it, as OpenTelemetry writes lists. */
export const pairs = z.string().transform((given, ctx): Record<string, string> => {
  const found = itemsOf(given).map((item) => {
    const [, name = '', value = ''] = PAIR.exec(item) ?? [];
    return [name, decoded(value)] as const;
  });
  if (found.every(([name, value]) => name !== '' && value !== undefined))
    return Object.fromEntries(found) as Record<string, string>;
  ctx.addIssue({ code: 'custom', message: 'must be name=value, with commas between several' });
  return z.NEVER;
});

export const ratio = z
  .string()
  .regex(/^(0|1|[01]?\.\d{1,15})$/, 'must be a number from 0 to 1')
  .transform(Number)
  .refine((number) => number <= 1, 'must be a number from 0 to 1');

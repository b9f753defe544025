import { isNativeError } from 'node:util/types';
import { stdSerializers } from 'pino';

/** What must never reach a log: secrets, and what may describe a person's health. In lower case, without `-` and `_`. */
const SECRET_FIELDS = new Set([
  'password',
  'currentpassword',
  'newpassword',
  'passwordhash',
  'secret',
  'token',
  'accesstoken',
  'refreshtoken',
  'mfatoken',
  'authorization',
  'cookie',
  'setcookie',
  'apikey',
  'reason',
  'notes',
  'content',
  'medicalinfo',
  'bloodtype',
  'allergies',
  'conditions',
  'medications',
]);
const REDACTED = '[redacted]';
const DEEPEST = 6;

const isSecret = (field: string): boolean => SECRET_FIELDS.has(field.replaceAll(/[-_]/g, '').toLowerCase());

/** Neither a class of its own, which may lead to half of the program, nor one that knows how it is written. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const clean = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST || Buffer.isBuffer(value)) return REDACTED;
  if (isNativeError(value)) return cleanFields(stdSerializers.err(value), depth);
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  if (isPlain(value)) return cleanFields(value, depth);
  return 'toJSON' in value ? value : `[${value.constructor.name}]`;
};

const cleanFields = (fields: object, depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      isSecret(field) ? REDACTED : clean(value, depth + 1),
    ]),
  );

/** The same fields, without the secret ones, and errors as they are logged. */
export const withoutSecrets = (fields: object): Record<string, unknown> => cleanFields(fields, 0);

/** The header of a JSON Web Token (RFC 7519) in base64url begins with `{"`, which is `eyJ`. */
const JSON_WEB_TOKEN = /eyJ[\w-]+\.[\w-]+(\.[\w-]+)*/g;

/** A text without the tokens in it, such as those in messages of errors. */
export const withoutTokens = (line: string): string =>
  line.includes('eyJ') ? line.replaceAll(JSON_WEB_TOKEN, REDACTED) : line;

import { createRequire } from 'node:module';
import type * as CommonLanguage from '@zxcvbn-ts/language-common';
import { z } from 'zod';

const MIN_PASSWORD_CHARACTERS = 10;
/** bcrypt reads no further. */
export const MAX_PASSWORD_BYTES = 72;

/** What attackers try first: passwords that have leaked most often, in lower case. Unpacked for the first who sets one. */
const readCommon = (): ReadonlySet<string> => {
  const require = createRequire(import.meta.url);
  const { dictionary } = require('@zxcvbn-ts/language-common') as typeof CommonLanguage;
  return new Set(dictionary['passwords-common'].filter((each) => each.length >= MIN_PASSWORD_CHARACTERS));
};
let common: ReadonlySet<string> | undefined;

const isGuessedFirst = (password: string): boolean =>
  (common ??= readCommon()).has(password.toLowerCase()) || new Set(password).size === 1;

/**
 * A password to be set, by the rules of NIST SP 800-63B, section 5.1.1.2: long enough, not one that everybody tries, and
 * of whatever characters. Composed (NFKC), so that every keyboard types the same one.
 */
export const NewPassword = z
  .string()
  .normalize('NFKC')
  .min(MIN_PASSWORD_CHARACTERS)
  .refine((password) => Buffer.byteLength(password) <= MAX_PASSWORD_BYTES, {
    error: 'must have at most 72 bytes',
    abort: true,
  })
  .refine((password) => !isGuessedFirst(password), 'is one of the passwords that are guessed first')
  .meta({ example: 'correct horse battery' });

/** A password to be compared: whatever was typed, in the form that {@link NewPassword} was kept in. */
export const GivenPassword = z.string().normalize('NFKC').min(1).max(1000);

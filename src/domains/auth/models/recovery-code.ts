import { createHmac, randomInt } from 'node:crypto';

const COUNT = 10;
/** Without those that look like another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 10;

const randomCode = (): string =>
  Array.from({ length: LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');

/** Codes of nearly 50 bits each, in the form in which they are compared. */
export const newRecoveryCodes = (): string[] => Array.from({ length: COUNT }, randomCode);

/** As it is shown: `abcde-fghjk`. */
export const showCode = (code: string): string => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;

/** Whatever people type around it is left out. */
export const readCode = (typed: string): string => typed.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Keyed with the secret of the authenticator, which is kept encrypted: a dump of the database lets nobody try codes. */
export const hashOfCode = (totpSecret: string, code: string): Buffer =>
  createHmac('sha256', totpSecret).update(code).digest();

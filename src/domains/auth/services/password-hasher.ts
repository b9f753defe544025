import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { MAX_PASSWORD_BYTES } from '../../../shared/types/password.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { createHashThreads } from './hash-threads.ts';

export type PasswordHasher = {
  hash(password: string): Promise<string>;
  /** Takes the same time whether there is a hash to compare with or not. */
  matches(password: string, passwordHash: string | undefined): Promise<boolean>;
};

/** More threads than processors hash no faster. */
const AT_ONCE = Math.max(2, Math.min(4, availableParallelism()));
const MAX_WAITING = 100;

const tooMany = () =>
  new AppError(commonProblems.unavailable, 'Too many people are logging in at this moment.', {
    headers: { 'Retry-After': '5' },
  });

/** A password that nobody has, as bcrypt writes one: comparing with it takes as long as with any other. */
export const nobodysHash = (bcryptCost: number): string => {
  const saltAndHash = randomBytes(40).toString('base64').replaceAll('+', '.').slice(0, 53);
  return `$2b$${String(bcryptCost).padStart(2, '0')}$${saltAndHash}`;
};

/** bcrypt with a bounded number of hashes under way; beyond a bounded queue, 503 `unavailable`. */
export const createPasswordHasher = ({ bcryptCost }: { readonly bcryptCost: number }): PasswordHasher => {
  const { hash, compare } = createHashThreads();
  const limit = pLimit(AT_ONCE);
  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.pendingCount >= MAX_WAITING) throw tooMany();
    return limit(work);
  };
  const ofNobody = nobodysHash(bcryptCost);

  return {
    hash: (password) => bounded(() => hash(password, bcryptCost)),
    matches: async (password, passwordHash) => {
      // bcrypt would take a longer password for the same as its first bytes.
      const isOwn = passwordHash !== undefined && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
      const stored = isOwn ? passwordHash : ofNobody;
      return (await bounded(() => compare(password, stored))) && isOwn;
    },
  };
};

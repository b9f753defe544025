import { createHash } from 'node:crypto';
import { clientOf } from '../../../shared/limits/client.ts';
import type { TenantCtx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { type Redis, tenantKey, unlessAway } from '../../../shared/utils/redis.ts';
import { authProblems } from '../problems.ts';
import { createAttemptLimit, type Limit } from './attempt-limits.ts';

/** Failures that an address may have with one account, with all of a clinic, and an account from everywhere. */
type Limits = Readonly<Record<'pair' | 'address' | 'account', Limit>>;
const PASSWORDS: Limits = {
  pair: { points: 5, perSeconds: 900, blockSeconds: 300 },
  address: { points: 100, perSeconds: 900, blockSeconds: 300 },
  account: { points: 20, perSeconds: 60, blockSeconds: 60 },
};
/** Six digits are soon guessed from many addresses; and only who has the password can make the owner wait. */
const CODES: Limits = { ...PASSWORDS, account: { points: 20, perSeconds: 3_600, blockSeconds: 3_600 } };
const KNOWN_FOR_SECONDS = 30 * 86_400;

/**
 * Slows down whoever guesses, and keeps nobody out for long: an address that guesses one account waits five minutes, from
 * elsewhere the right password is taken as before. Guesses at one account from many addresses make those wait, a minute
 * at most (an hour for codes of its second factor), from which nobody has logged in to it.
 */
export type LoginGuard = {
  /**
   * 429 `account_locked`, or what `judge` says; an `invalid_credentials` of it counts. `account` is any name of it. A
   * verdict wipes out the failures before it if it is of the owner, as every one is unless told otherwise.
   */
  watch<T>(
    ctx: TenantCtx,
    account: string,
    judge: () => Promise<T>,
    isOfOwner?: (verdict: T) => boolean,
  ): Promise<T>;
  /** The owner has come by another way. */
  forget(ctx: TenantCtx, account: string): Promise<void>;
};

const isFailure = (error: unknown): boolean =>
  error instanceof AppError && error.problem.code === authProblems.invalid_credentials.code;

const locked = (seconds: number) =>
  new AppError(authProblems.account_locked, `Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });

const createGuard = (redis: Redis, limits: Limits): LoginGuard => {
  const pairs = createAttemptLimit(redis, limits.pair);
  const addresses = createAttemptLimit(redis, limits.address);
  const accounts = createAttemptLimit(redis, limits.account);

  const keysOf = ({ tenantId, address }: TenantCtx, account: string) => {
    const name = createHash('sha256').update(account).digest('base64url');
    const network = clientOf(address);
    const key = (...parts: string[]) => tenantKey(tenantId, 'login', ...parts);
    return {
      pair: key('pair', name, network),
      address: key('address', network),
      account: key('account', name),
      known: key('known', name, network),
    };
  };
  type Keys = ReturnType<typeof keysOf>;

  const isKnown = async ({ known }: Keys) => (await unlessAway(redis, (ready) => ready.exists(known))) === 1;

  /** Takes from each limit, or from none; all at once, so that a Redis that hangs costs its time-out only once. */
  const take = async (keys: Keys): Promise<(() => Promise<unknown>)[]> => {
    const limits = [
      { limit: pairs, key: keys.pair },
      { limit: addresses, key: keys.address },
      ...((await isKnown(keys)) ? [] : [{ limit: accounts, key: keys.account }]),
    ];
    const waits = await Promise.all(limits.map(({ limit, key }) => limit.take(key)));
    const taken = limits.filter((_, index) => waits[index] === 0);
    const givingBack = taken.map(
      ({ limit, key }) =>
        () =>
          limit.giveBack(key),
    );
    if (taken.length === limits.length) return givingBack;
    await Promise.all(givingBack.map((giveBack) => giveBack()));
    throw locked(Math.max(...waits));
  };

  const welcome = async (keys: Keys, taken: readonly (() => Promise<unknown>)[]) => {
    await Promise.all([
      ...taken.slice(1).map((giveBack) => giveBack()),
      pairs.clear(keys.pair),
      unlessAway(redis, (ready) => ready.set(keys.known, '1', 'EX', KNOWN_FOR_SECONDS)),
    ]);
  };

  return {
    watch: async (ctx, account, judge, isOfOwner = () => true) => {
      const keys = keysOf(ctx, account);
      const taken = await take(keys);
      try {
        const verdict = await judge();
        if (isOfOwner(verdict)) await welcome(keys, taken);
        else await Promise.all(taken.map((giveBack) => giveBack()));
        return verdict;
      } catch (error) {
        if (!isFailure(error)) await Promise.all(taken.map((giveBack) => giveBack()));
        throw error;
      }
    },
    forget: async (ctx, account) => {
      const keys = keysOf(ctx, account);
      await Promise.all([pairs.clear(keys.pair), accounts.clear(keys.account)]);
    },
  };
};

export const createLoginGuard = (redis: Redis): LoginGuard => createGuard(redis, PASSWORDS);
/** The same for codes of the second factor. */
export const createCodeGuard = (redis: Redis): LoginGuard => createGuard(redis, CODES);

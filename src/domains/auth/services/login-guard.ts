import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { TenantCtx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { type Redis, tenantKey, unlessAway } from '../../../shared/utils/redis.ts';
import { authProblems } from '../problems.ts';
import { createAttemptLimit, type Limit } from './attempt-limits.ts';

/** Failures that an address may have with one account, with all of a clinic, and an account from everywhere. */
const LIMITS = {
  pair: { points: 5, perSeconds: 900, blockSeconds: 300 },
  address: { points: 100, perSeconds: 900, blockSeconds: 300 },
  account: { points: 20, perSeconds: 60, blockSeconds: 60 },
} as const satisfies Record<string, Limit>;
const KNOWN_FOR_SECONDS = 30 * 86_400;

/**
 * Slows down whoever guesses, and keeps nobody out for long: an address that guesses one account waits five minutes, from
 * elsewhere the right password is taken as before. Guesses at one account from many addresses make those wait, a minute
 * at most, from which nobody has logged in to it.
 */
export type LoginGuard = {
  /** 429 `account_locked`, or what `judge` says; an `invalid_credentials` of it counts. `account` is any name of it. */
  watch<T>(ctx: TenantCtx, account: string, judge: () => Promise<T>): Promise<T>;
  /** The owner has come by another way. */
  forget(ctx: TenantCtx, account: string): Promise<void>;
};

/** One customer of an IPv6 provider has a whole /64 (RFC 6177). */
const networkOf = (address: string): string => {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - (left?.length ?? 0) - (right?.length ?? 0)).fill('0');
  return [...(left ?? []), ...zeros, ...(right ?? [])].slice(0, 4).join(':');
};

const isFailure = (error: unknown): boolean =>
  error instanceof AppError && error.problem.code === authProblems.invalid_credentials.code;

const locked = (seconds: number) =>
  new AppError(authProblems.account_locked, `Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });

export const createLoginGuard = (redis: Redis): LoginGuard => {
  const pairs = createAttemptLimit(redis, LIMITS.pair);
  const addresses = createAttemptLimit(redis, LIMITS.address);
  const accounts = createAttemptLimit(redis, LIMITS.account);

  const keysOf = ({ tenantId, address }: TenantCtx, account: string) => {
    const name = createHash('sha256').update(account).digest('base64url');
    const network = networkOf(address);
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

  /** Takes from each limit, or from none. */
  const take = async (keys: Keys): Promise<(() => Promise<unknown>)[]> => {
    const taken: (() => Promise<unknown>)[] = [];
    const limits = [
      { limit: pairs, key: keys.pair },
      { limit: addresses, key: keys.address },
      ...((await isKnown(keys)) ? [] : [{ limit: accounts, key: keys.account }]),
    ];
    for (const { limit, key } of limits) {
      const seconds = await limit.take(key);
      if (seconds > 0) {
        await Promise.all(taken.map((giveBack) => giveBack()));
        throw locked(seconds);
      }
      taken.push(() => limit.giveBack(key));
    }
    return taken;
  };

  return {
    watch: async (ctx, account, judge) => {
      const keys = keysOf(ctx, account);
      const taken = await take(keys);
      try {
        const verdict = await judge();
        await Promise.all([...taken.slice(1).map((giveBack) => giveBack()), pairs.clear(keys.pair)]);
        await unlessAway(redis, (ready) => ready.set(keys.known, '1', 'EX', KNOWN_FOR_SECONDS));
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

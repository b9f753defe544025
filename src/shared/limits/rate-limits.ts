import type { Response } from 'express';
import {
  type Quota,
  type RateClass,
  rateClasses,
  type RateLimitSettings,
  type RateScope,
} from '../config/rate-limits.ts';
import type { Clock } from '../utils/clock.ts';
import { AppError, commonProblems } from '../utils/errors.ts';
import { type Redis, tenantKey } from '../utils/redis.ts';
import { clientOf } from './client.ts';
import { createMeter, type Meter, type Reading } from './meter.ts';
import { createSettlement } from './settlement.ts';

/** Count a request, tell the client in `RateLimit` and `RateLimit-Policy` how it stands, and throw 429 `rate_limited`. */
export type RateLimits = {
  /** Before anything is known of who calls. */
  admitAddress(res: Response, rateClass: RateClass, address: string): Promise<void>;
  /** After it is known. */
  admitUser(res: Response, rateClass: RateClass, user: { tenantId: string; userId: string }): Promise<void>;
};

export type RateLimitDeps = {
  readonly rateLimits: RateLimitSettings;
  /** Of the keys that are no tenant's. */
  readonly keyPrefix: string;
  readonly redis: Redis;
  readonly clock: Clock;
};

const NAMES: Readonly<Record<RateScope, string>> = { address: 'address', user: 'user', tenant: 'clinic' };

/** Whoever guesses passwords or makes accounts may not gain by asking several processes at once. */
const isExact = (rateClass: RateClass): boolean => rateClass === 'auth' || rateClass === 'sign_up';

/** One limit of a class with its texts for the headers of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4. */
type Limit = { readonly meter: Meter; readonly name: string; readonly policy: string };

const limitOf = (scope: RateScope, rateClass: RateClass, meter: Meter): Limit => {
  const name = `"${NAMES[scope]}-${rateClass}"`;
  const { limit, windowMs }: Quota = meter.quota;
  return { meter, name, policy: `${name};q=${limit};w=${windowMs / 1_000}` };
};

/** The state that is told is that of the limit which is nearest. */
const tell = (res: Response, { name }: Limit, { remaining, resetSeconds }: Reading, policy: string) => {
  res.setHeader('RateLimit-Policy', policy);
  res.setHeader('RateLimit', `${name};r=${remaining};t=${resetSeconds}`);
};

const demand = ({ isAdmitted, resetSeconds }: Reading, detail: string) => {
  if (isAdmitted) return;
  const headers = { 'Retry-After': String(resetSeconds) };
  throw new AppError(commonProblems.rate_limited, `${detail} Try again in ${resetSeconds} s.`, { headers });
};

/** The limits of every class of routes on addresses, users and tenants. */
export const createRateLimits = ({ rateLimits, keyPrefix, redis, clock }: RateLimitDeps): RateLimits => {
  const settlement = createSettlement(redis);
  const limitsOn = (scope: RateScope) =>
    Object.fromEntries(
      rateClasses.map((rateClass) => {
        const quota = rateLimits[scope][rateClass];
        const meter = createMeter({ quota, clock, settlement, isExact: isExact(rateClass) });
        return [rateClass, limitOf(scope, rateClass, meter)];
      }),
    ) as Record<RateClass, Limit>;
  const [onAddress, onUser, onTenant] = [limitsOn('address'), limitsOn('user'), limitsOn('tenant')];
  const policies = Object.fromEntries(
    rateClasses.map((each) => [each, [onAddress, onUser, onTenant].map((on) => on[each].policy).join(', ')]),
  ) as Record<RateClass, string>;

  return {
    admitAddress: async (res, rateClass, address) => {
      const limit = onAddress[rateClass];
      const client = clientOf(address);
      const taken = limit.meter.take(client, `${keyPrefix}:rate:${rateClass}:${client}`);
      const reading = taken instanceof Promise ? await taken : taken;
      tell(res, limit, reading, limit.policy);
      demand(reading, 'Too many requests from this address.');
    },
    admitUser: async (res, rateClass, { tenantId, userId }) => {
      const user = onUser[rateClass];
      const tenant = onTenant[rateClass];
      const policy = policies[rateClass];
      const ofUser = await user.meter.take(userId, tenantKey(tenantId, 'rate', rateClass, userId));
      tell(res, user, ofUser, policy);
      demand(ofUser, 'Too many requests of this user.');
      const ofTenant = await tenant.meter.take(tenantId, tenantKey(tenantId, 'rate', rateClass));
      if (ofTenant.remaining < ofUser.remaining) tell(res, tenant, ofTenant, policy);
      demand(ofTenant, 'Too many requests of this clinic.');
    },
  };
};

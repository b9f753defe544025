import { z } from 'zod';

/**
 * What a route costs and how tempting it is to attack: `auth` takes passwords, codes and tokens of whoever comes,
 * `sign_up` makes accounts, `search` computes, `export` reads much at once.
 */
export const rateClasses = ['auth', 'sign_up', 'read', 'write', 'search', 'export'] as const;
export type RateClass = (typeof rateClasses)[number];

/** So many requests in a window of time. */
export type Quota = { readonly limit: number; readonly windowMs: number };
export type Quotas = Readonly<Record<RateClass, Quota>>;

/** Whose requests are counted: those from one address, of one user, of all users of a tenant. */
export const rateScopes = ['address', 'user', 'tenant'] as const;
export type RateScope = (typeof rateScopes)[number];
export type RateLimitSettings = Readonly<Record<RateScope, Quotas>>;

const SECOND_MS = 1_000;
const UNITS_MS = { second: SECOND_MS, minute: 60 * SECOND_MS, hour: 3_600 * SECOND_MS } as const;
type Unit = keyof typeof UNITS_MS;

const per = (unit: Unit, limit: number): Quota => ({ limit, windowMs: UNITS_MS[unit] });
const everyClass = (quota: Quota): Quotas =>
  Object.fromEntries(rateClasses.map((rateClass) => [rateClass, quota])) as Quotas;

/** An address may be that of a whole hospital, a user may be a program; a tenant has many of both. */
const STRICT: RateLimitSettings = {
  address: {
    auth: per('minute', 30),
    sign_up: per('hour', 30),
    read: per('minute', 2_400),
    write: per('minute', 1_200),
    search: per('minute', 1_200),
    export: per('minute', 60),
  },
  user: {
    auth: per('minute', 30),
    sign_up: per('hour', 30),
    read: per('minute', 600),
    write: per('minute', 300),
    search: per('minute', 300),
    export: per('minute', 20),
  },
  tenant: {
    auth: per('minute', 600),
    sign_up: per('hour', 600),
    read: per('minute', 12_000),
    write: per('minute', 6_000),
    search: per('minute', 6_000),
    export: per('minute', 60),
  },
};

/** For those who try and those who test, whose requests all come from one machine. */
const LOOSE: RateLimitSettings = {
  address: everyClass(per('minute', 1_000)),
  user: everyClass(per('minute', 1_000)),
  tenant: everyClass(per('minute', 10_000)),
};

export const defaultRateLimits = (isTrial: boolean): RateLimitSettings => (isTrial ? LOOSE : STRICT);

const ITEM = /^(\w+)=([1-9]\d{0,8})\/(second|minute|hour)$/;

/** `read=600/minute, auth=10/minute`; `all` stands for every class, and what comes later wins. */
export const quotas = z.string().transform((given, ctx): Partial<Quotas> => {
  const set: Partial<Record<RateClass, Quota>> = {};
  for (const item of given.split(',').filter((each) => each.trim() !== '')) {
    const [, name = '', limit = '', unit = ''] = ITEM.exec(item.trim()) ?? [];
    const quota = { limit: Number(limit), windowMs: UNITS_MS[unit as Unit] };
    if (name === 'all') Object.assign(set, everyClass(quota));
    else if (rateClasses.includes(name as RateClass)) set[name as RateClass] = quota;
    else {
      const known = ['all', ...rateClasses].join(', ');
      const message = `must be limits separated by commas, such as read=600/minute, of ${known}, per second, minute or hour`;
      ctx.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  }
  return set;
});

import { z } from 'zod';
import { type Address, namedHosts, withPort } from './addresses.ts';
import { milliseconds, port, text, wholeNumber } from './variables.ts';

const SENTINEL_PORT = 26_379;

/** Where the database and Redis are. */
export const serverVariables = {
  /** The first that takes writes is used, and another one when it is gone. */
  DB_HOST: namedHosts.default([{ host: 'localhost' }]),
  DB_PORT: port.default(3306),
  /** Replicas for searching slots and for figures. */
  DB_REPLICA_HOSTS: namedHosts.optional(),
  /** One that is further behind is not read from. */
  DB_REPLICA_MAX_LAG_MS: milliseconds(1_000).default(2_000),
  DB_NAME: text.default('doctor_appointment_db'),
  DB_USER: text.default('root'),
  DB_PASSWORD: z.string().default(''),
  /** The consumers of the waitlist and of mail need two at a time, and must not wait for each other. */
  DB_POOL_SIZE: wholeNumber(4, 500).default(20),
  DB_ACQUIRE_TIMEOUT_MS: milliseconds(1).default(3_000),
  DB_STATEMENT_TIMEOUT_MS: milliseconds(100).default(15_000),
  /** A query that takes longer is written to the log, by its name. */
  DB_SLOW_QUERY_MS: milliseconds(1).default(500),

  REDIS_HOST: text.default('localhost'),
  REDIS_PORT: port.default(6379),
  REDIS_PASSWORD: z.string().default(''),
  /** Instead of REDIS_HOST: sentinels that know where the primary of that name is. */
  REDIS_SENTINELS: namedHosts.optional(),
  REDIS_SENTINEL_NAME: text.optional(),
  REDIS_SENTINEL_PASSWORD: z.string().default(''),
  /** Instead of REDIS_HOST: some nodes of a Redis Cluster, which tell of the others. */
  REDIS_CLUSTER_NODES: namedHosts.optional(),
};
type Variables = z.output<z.ZodObject<typeof serverVariables>>;

export type RedisSettings = Address & {
  readonly password: string;
  readonly sentinel?:
    { readonly addresses: readonly Address[]; readonly name: string; readonly password: string } | undefined;
  readonly clusterNodes?: readonly Address[] | undefined;
};

export const serverComplaints = (env: Variables): string[] => [
  ...(env.REDIS_SENTINELS && env.REDIS_SENTINEL_NAME === undefined
    ? [
        'REDIS_SENTINELS: needs REDIS_SENTINEL_NAME beside it, the name under which the sentinels know the primary',
      ]
    : []),
  ...(env.REDIS_SENTINEL_NAME !== undefined && !env.REDIS_SENTINELS
    ? ['REDIS_SENTINEL_NAME: needs REDIS_SENTINELS beside it']
    : []),
  ...(env.REDIS_SENTINELS && env.REDIS_CLUSTER_NODES
    ? ['REDIS_CLUSTER_NODES: a Redis is either a cluster or watched by REDIS_SENTINELS, not both']
    : []),
];

export const databaseOf = (env: Variables) => {
  const [preferred, ...otherAddresses] = env.DB_HOST.map(withPort(env.DB_PORT)) as [Address, ...Address[]];
  return {
    ...preferred,
    /** Where to go on when the preferred one does not take writes. */
    otherAddresses: otherAddresses as readonly Address[],
    replicaAddresses: (env.DB_REPLICA_HOSTS ?? []).map(withPort(env.DB_PORT)) as readonly Address[],
    replicaMaxLagMs: env.DB_REPLICA_MAX_LAG_MS,
    name: env.DB_NAME,
    user: env.DB_USER,
    password: env.DB_PASSWORD,
    poolSize: env.DB_POOL_SIZE,
    acquireTimeoutMs: env.DB_ACQUIRE_TIMEOUT_MS,
    statementTimeoutMs: env.DB_STATEMENT_TIMEOUT_MS,
    slowQueryMs: env.DB_SLOW_QUERY_MS,
  };
};

export const redisOf = (env: Variables): RedisSettings => ({
  host: env.REDIS_HOST,
  port: env.REDIS_PORT,
  password: env.REDIS_PASSWORD,
  sentinel:
    env.REDIS_SENTINELS && env.REDIS_SENTINEL_NAME !== undefined
      ? {
          addresses: env.REDIS_SENTINELS.map(withPort(SENTINEL_PORT)),
          name: env.REDIS_SENTINEL_NAME,
          password: env.REDIS_SENTINEL_PASSWORD,
        }
      : undefined,
  clusterNodes: env.REDIS_CLUSTER_NODES?.map(withPort(env.REDIS_PORT)),
});

import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { MasterKey, MasterKeys } from '../crypto/master-keys.ts';
import { countryCode, flag, hosts, masterKey, masterKeys, milliseconds, origins, port, text, trustProxy, wholeNumber } from './variables.ts';

/** The secrets of `.env.example`: fine to try the product with, refused in production. */
const DEFAULT_SECRETS = {
  JWT_ACCESS_SECRET: 'your-super-secret-access-key',
  JWT_REFRESH_SECRET: 'your-super-secret-refresh-key',
} as const;
const DEFAULT_MASTER_KEY = masterKey.parse('eW91ci1zdXBlci1zZWNyZXQtbWFzdGVyLWtleS0zMmI=');
const MIN_SECRET_CHARACTERS = 32;

/** Every environment variable that the server reads, with its default. */
export const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'staging', 'production']).default('development'),
  PORT: port.default(3000),
  APP_NAME: text.default('Doctor Appointment SaaS'),
  APP_DOMAIN: text.default('localhost'),
  /** Where the outside world reaches this installation; links begin with it. Default: the own port on localhost. */
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ALLOWED_ORIGINS: origins.default(['http://localhost:3000', 'http://localhost:3001']),
  TRUST_PROXY: trustProxy.default(false),
  SWAGGER_ENABLED: flag.optional(),
  SIGNUP_ENABLED: flag.default(true),
  SHUTDOWN_TIMEOUT_MS: milliseconds(0).default(15_000),

  DB_HOST: text.default('localhost'),
  DB_PORT: port.default(3306),
  DB_NAME: text.default('doctor_appointment_db'),
  DB_USER: text.default('root'),
  DB_PASSWORD: z.string().default(''),
  /** The consumer of the waitlist needs two at a time. */
  DB_POOL_SIZE: wholeNumber(3, 500).default(20),
  DB_ACQUIRE_TIMEOUT_MS: milliseconds(1).default(3_000),
  DB_STATEMENT_TIMEOUT_MS: milliseconds(100).default(15_000),

  REDIS_HOST: text.default('localhost'),
  REDIS_PORT: port.default(6379),
  REDIS_PASSWORD: z.string().default(''),
  /** Installations that share a Redis need a prefix each. */
  EVENT_STREAM: text.default('events'),

  /** How often it is looked for offers, holds and entries of the waitlist that have expired. */
  WAITLIST_SWEEP_MS: milliseconds(10).default(5_000),
  /** How often it is looked for reminders and messages that are due. */
  NOTIFICATION_SWEEP_MS: milliseconds(10).default(1_000),
  /** How long a message that cannot be delivered just now is tried again. */
  DELIVERY_GIVE_UP_HOURS: wholeNumber(1, 168).default(24),
  /** After this time a sender that was not heard of is taken for dead. Longer than any provider takes. */
  DELIVERY_LEASE_MS: milliseconds(100).default(120_000),
  /** After this time a message that waits in a queue is put in again: the queue may have lost it. */
  DELIVERY_REQUEUE_MS: milliseconds(100).default(60_000),
  MAIL_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
  SMS_PER_MINUTE: wholeNumber(1, 1_000_000).default(60),
  PUSH_PER_MINUTE: wholeNumber(1, 1_000_000).default(6_000),

  /** SMS: the account at Twilio, or at anybody who speaks the same API at another address. */
  SMS_ACCOUNT_SID: text.optional(),
  SMS_AUTH_TOKEN: text.optional(),
  SMS_FROM: text.optional(),
  SMS_API_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).default('https://api.twilio.com'),
  /** Of numbers that are written without one, such as 49. */
  SMS_COUNTRY_CODE: countryCode.optional(),

  /** Web Push: the keys of this installation (`npx web-push generate-vapid-keys`). */
  VAPID_PUBLIC_KEY: text.optional(),
  VAPID_PRIVATE_KEY: text.optional(),
  /** Whom a push service tells of trouble: mailto: or https:. Default: the postmaster of APP_DOMAIN. */
  VAPID_SUBJECT: z.url({ protocol: /^(mailto|https)$/, error: 'must be a mailto or https address' }).optional(),
  /** Push services beside those of the known browsers: hosts, separated by commas. */
  PUSH_HOSTS: hosts.default([]),

  JWT_ACCESS_SECRET: text.default(DEFAULT_SECRETS.JWT_ACCESS_SECRET),
  JWT_REFRESH_SECRET: text.default(DEFAULT_SECRETS.JWT_REFRESH_SECRET),
  BCRYPT_COST: wholeNumber(4, 15).default(12),

  /** Both may be set: then MASTER_KEY only opens what it encrypted before. */
  MASTER_KEY: masterKey.optional(),
  MASTER_KEYS: masterKeys.optional(),
});
type Environment = z.output<typeof Environment>;

/** The configuration cannot be used; the message names each variable and what is wrong with it. */
export class ConfigError extends Error {}

const masterKeysOf = ({ MASTER_KEY, MASTER_KEYS = [] }: Environment): MasterKeys => {
  const [first, ...others]: readonly MasterKey[] = [...MASTER_KEYS, ...(MASTER_KEY ? [MASTER_KEY] : [])];
  return first ? [first, ...others] : [DEFAULT_MASTER_KEY];
};

/** What is of use only as a whole. */
const WHOLES = [
  ['SMS_ACCOUNT_SID', 'SMS_AUTH_TOKEN', 'SMS_FROM'],
  ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'],
] as const;

const missingParts = (env: Environment): string[] =>
  WHOLES.flatMap((whole) => {
    const missing = whole.filter((name) => env[name] === undefined);
    return missing.length === whole.length ? [] : missing.map((name) => `${name} is missing beside the others`);
  });

const complaints = (env: Environment): string[] => [...missingParts(env), ...productionComplaints(env)];

const productionComplaints = (env: Environment): string[] => {
  if (env.NODE_ENV !== 'production') return [];
  const names = ['JWT_ACCESS_SECRET', 'JWT_REFRESH_SECRET'] as const;
  const weak = names.flatMap((name) => {
    if (env[name] === DEFAULT_SECRETS[name]) return [`${name} still has its default value`];
    if (env[name].length < MIN_SECRET_CHARACTERS) {
      return [`${name} is shorter than ${MIN_SECRET_CHARACTERS} characters`];
    }
    return [];
  });
  const same = env.JWT_ACCESS_SECRET === env.JWT_REFRESH_SECRET;
  return [
    ...weak,
    ...(same ? ['JWT_ACCESS_SECRET and JWT_REFRESH_SECRET are the same'] : []),
    ...(masterKeysOf(env)[0].key.equals(DEFAULT_MASTER_KEY.key)
      ? ['MASTER_KEY still has its default value; make one with: openssl rand -base64 32']
      : []),
    ...(env.BCRYPT_COST < 10 ? ['BCRYPT_COST is below 10'] : []),
  ];
};

/** Configured as a whole, or not at all; {@link complaints} tells of a part that is missing. */
const smsOf = (env: Environment) => {
  const { SMS_ACCOUNT_SID: accountSid, SMS_AUTH_TOKEN: authToken, SMS_FROM: from } = env;
  if (accountSid === undefined || authToken === undefined || from === undefined) return undefined;
  const url = env.SMS_API_URL.replace(/\/+$/, '');
  return { url, accountSid, authToken, from, countryCode: env.SMS_COUNTRY_CODE };
};

const pushOf = (env: Environment) => {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = env;
  if (publicKey === undefined || privateKey === undefined) return undefined;
  return { publicKey, privateKey, subject: env.VAPID_SUBJECT ?? `mailto:postmaster@${env.APP_DOMAIN}` };
};

const toConfig = (env: Environment) => ({
  environment: env.NODE_ENV,
  port: env.PORT,
  appName: env.APP_NAME,
  appDomain: env.APP_DOMAIN.toLowerCase(),
  publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
  logLevel: env.LOG_LEVEL,
  allowedOrigins: env.ALLOWED_ORIGINS,
  trustProxy: env.TRUST_PROXY,
  swaggerEnabled: env.SWAGGER_ENABLED ?? env.NODE_ENV !== 'production',
  signUpEnabled: env.SIGNUP_ENABLED,
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  database: {
    host: env.DB_HOST,
    port: env.DB_PORT,
    name: env.DB_NAME,
    user: env.DB_USER,
    password: env.DB_PASSWORD,
    poolSize: env.DB_POOL_SIZE,
    acquireTimeoutMs: env.DB_ACQUIRE_TIMEOUT_MS,
    statementTimeoutMs: env.DB_STATEMENT_TIMEOUT_MS,
  },
  redis: { host: env.REDIS_HOST, port: env.REDIS_PORT, password: env.REDIS_PASSWORD },
  streamPrefix: `{${env.EVENT_STREAM}}`,
  waitlistSweepMs: env.WAITLIST_SWEEP_MS,
  notifications: {
    sweepMs: env.NOTIFICATION_SWEEP_MS,
    giveUpAfterMs: env.DELIVERY_GIVE_UP_HOURS * 3_600_000,
    leaseMs: env.DELIVERY_LEASE_MS,
    requeueAfterMs: env.DELIVERY_REQUEUE_MS,
    perMinute: { email: env.MAIL_PER_MINUTE, sms: env.SMS_PER_MINUTE, push: env.PUSH_PER_MINUTE },
    sms: smsOf(env),
    push: pushOf(env),
    pushHosts: env.PUSH_HOSTS,
  },
  jwt: { accessSecret: env.JWT_ACCESS_SECRET, refreshSecret: env.JWT_REFRESH_SECRET },
  bcryptCost: env.BCRYPT_COST,
  masterKeys: masterKeysOf(env),
});
export type Config = ReturnType<typeof toConfig>;

/** Validates an environment. Throws {@link ConfigError} that names every variable at fault. */
export const parseConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, text]) => text !== undefined));
  const parsed = Environment.safeParse(given);
  const problems = parsed.success
    ? complaints(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(
      `The configuration cannot be used:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
  return toConfig(parsed.data);
};

/** The configuration of this process: the environment, and below it the file `.env` where there is one. */
export const loadConfig = (): Config => {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseConfig(process.env);
};

import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import type { MasterKey, MasterKeys } from '../crypto/master-keys.ts';
import { ExplainedError } from '../utils/explained-error.ts';
import { missingParts, notificationsOf, notificationVariables } from './notification-settings.ts';
import { natsComplaints, natsOf, natsVariables } from './nats-settings.ts';
import { defaultRateLimits, quotas, type RateLimitSettings } from './rate-limits.ts';
import { databaseOf, redisOf, serverComplaints, serverVariables } from './server-settings.ts';
import { missingServiceParts, servicesOf, serviceVariables } from './services.ts';
import { signingKeys } from './signing-keys.ts';
import { tracingOf, tracingVariables } from './tracing-settings.ts';
import {
  dnsServers,
  flag,
  masterKey,
  masterKeys,
  milliseconds,
  origins,
  port,
  ranges,
  text,
  trustProxy,
  wholeNumber,
} from './variables.ts';

/** The secrets of `.env.example`: fine to try the product with, refused in production. */
const DEFAULT_SECRETS = {
  JWT_ACCESS_SECRET: 'your-super-secret-access-key',
  JWT_REFRESH_SECRET: 'your-super-secret-refresh-key',
} as const;
const DEFAULT_MASTER_KEY = masterKey.parse('eW91ci1zdXBlci1zZWNyZXQtbWFzdGVyLWtleS0zMmI=');
/** Those of `.env.example` and `docker-compose.yml`. */
const EXAMPLE_DB_PASSWORDS = ['your_password', 'app_password', 'root_password'];
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
  /** What whoever reads /metrics has to send as a Bearer token. Default: nothing, the proxy keeps others out. */
  METRICS_TOKEN: text.optional(),
  /** How long a clinic that is to be deleted can be brought back. */
  TENANT_DELETION_DAYS: wholeNumber(0, 3650).default(30),
  /** Whom to ask for the records that prove a custom domain; by default, whom the machine asks. */
  DNS_SERVERS: dnsServers.optional(),
  SHUTDOWN_TIMEOUT_MS: milliseconds(0).default(15_000),
  /** How long connections that are kept open may bring one more request while the process stops. */
  SHUTDOWN_LINGER_MS: milliseconds(0).optional(),
  /** Processes that share the port; 0: this one serves by itself. Default: one for each core, in development none. */
  WORKERS: wholeNumber(0, 256).optional(),
  ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  ...serviceVariables,

  ...serverVariables,
  /** Installations that share a Redis need a prefix each. */
  EVENT_STREAM: text.default('events'),
  ...natsVariables,

  /** How often it is looked for offers, holds and entries of the waitlist that have expired. */
  WAITLIST_SWEEP_MS: milliseconds(10).default(5_000),
  ...notificationVariables,
  /** How often it is looked for decisions about absences that are still to be carried out. */
  ABSENCE_SWEEP_MS: milliseconds(10).default(5_000),
  /** How often rows of the audit trail are sealed. */
  AUDIT_SEAL_MS: milliseconds(10).default(2_000),

  /** smtp:// or smtps://, with user and password where the server asks for them. */
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp or smtps address' }).optional(),
  MAIL_FROM: text.optional(),
  /** Where mails are written while developing without a mail server. */
  MAIL_DIR: text.default('.data/mail'),
  /** How long published events stay in the outbox. */
  OUTBOX_KEEP_DAYS: wholeNumber(1, 3_650).default(7),

  /** By class of routes, `read=600/minute`; a class that is left out keeps its default. */
  RATE_LIMIT_ADDRESS: quotas.default({}),
  RATE_LIMIT_USER: quotas.default({}),
  RATE_LIMIT_TENANT: quotas.default({}),
  /** How often it is looked for messages to webhooks that are due. */
  WEBHOOK_SWEEP_MS: milliseconds(10).default(1_000),
  /** Ranges inside to which webhooks may point all the same. Default: none; in development and tests this machine. */
  WEBHOOK_ALLOWED_ADDRESSES: ranges.optional(),

  JWT_ACCESS_SECRET: text.default(DEFAULT_SECRETS.JWT_ACCESS_SECRET),
  JWT_REFRESH_SECRET: text.default(DEFAULT_SECRETS.JWT_REFRESH_SECRET),
  /** Key pairs instead of the secrets. */
  JWT_KEYS: signingKeys.optional(),
  BCRYPT_COST: wholeNumber(4, 15).default(12),

  /** Where attachments are kept, unless S3_ENDPOINT names a bucket. */
  FILES_FOLDER: text.default('.data/files'),
  MAX_ATTACHMENT_BYTES: wholeNumber(1_024, 1_073_741_824).default(20 * 1024 * 1024),
  S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  S3_REGION: text.default('auto'),
  S3_ACCESS_KEY_ID: text.optional(),
  S3_SECRET_ACCESS_KEY: text.optional(),

  ...tracingVariables,

  /** Both may be set: then MASTER_KEY only opens what it encrypted before. */
  MASTER_KEY: masterKey.optional(),
  MASTER_KEYS: masterKeys.optional(),
  /** Encrypts backups. Default: a key made from the first master key. */
  BACKUP_KEY: masterKey.optional(),
});
type Environment = z.output<typeof Environment>;

/** The configuration cannot be used; the message names each variable and what is wrong with it. */
export class ConfigError extends ExplainedError {}

const masterKeysOf = ({ MASTER_KEY, MASTER_KEYS = [] }: Environment): MasterKeys => {
  const [first, ...others]: readonly MasterKey[] = [...MASTER_KEYS, ...(MASTER_KEY ? [MASTER_KEY] : [])];
  return first ? [first, ...others] : [DEFAULT_MASTER_KEY];
};

const bucketComplaints = (env: Environment): string[] =>
  env.S3_ENDPOINT !== undefined && !(env.S3_ACCESS_KEY_ID && env.S3_SECRET_ACCESS_KEY)
    ? ['S3_ENDPOINT: needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY beside it']
    : [];

const complaints = (env: Environment): string[] => [
  ...missingParts(env),
  ...natsComplaints(env),
  ...missingServiceParts(env),
  ...serverComplaints(env),
  ...placeComplaints(env),
];

const placeComplaints = (env: Environment): string[] => {
  if (env.NODE_ENV !== 'production') return bucketComplaints(env);
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
    ...(EXAMPLE_DB_PASSWORDS.includes(env.DB_PASSWORD)
      ? ['DB_PASSWORD is that of an example; give the user of the database another one']
      : []),
    ...bucketComplaints(env),
    ...(env.BCRYPT_COST < 10 ? ['BCRYPT_COST is below 10'] : []),
  ];
};

const filesOf = (env: Environment) => ({
  folder: env.FILES_FOLDER,
  maxBytes: env.MAX_ATTACHMENT_BYTES,
  s3:
    env.S3_ENDPOINT === undefined
      ? undefined
      : {
          endpoint: env.S3_ENDPOINT.replace(/\/+$/, ''),
          region: env.S3_REGION,
          accessKeyId: env.S3_ACCESS_KEY_ID ?? '',
          secretAccessKey: env.S3_SECRET_ACCESS_KEY ?? '',
        },
});

/** Where the product is tried out, as in tests. */
const isTrial = ({ NODE_ENV }: Environment): boolean => NODE_ENV === 'development' || NODE_ENV === 'test';

const rateLimitsOf = (env: Environment): RateLimitSettings => {
  const { address, user, tenant } = defaultRateLimits(isTrial(env));
  return {
    address: { ...address, ...env.RATE_LIMIT_ADDRESS },
    user: { ...user, ...env.RATE_LIMIT_USER },
    tenant: { ...tenant, ...env.RATE_LIMIT_TENANT },
  };
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
  metricsToken: env.METRICS_TOKEN,
  tenantDeletionDays: env.TENANT_DELETION_DAYS,
  dnsServers: env.DNS_SERVERS,
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  shutdownLingerMs: env.SHUTDOWN_LINGER_MS ?? (isTrial(env) ? 0 : 1_000),
  workers: env.WORKERS ?? (isTrial(env) ? 0 : availableParallelism()),
  role: env.ROLE,
  services: servicesOf(env),
  database: databaseOf(env),
  redis: redisOf(env),
  streamPrefix: `{${env.EVENT_STREAM}}`,
  eventBus: env.EVENT_BUS,
  eventStream: env.EVENT_STREAM,
  nats: natsOf(env),
  waitlistSweepMs: env.WAITLIST_SWEEP_MS,
  notifications: notificationsOf(env),
  absenceSweepMs: env.ABSENCE_SWEEP_MS,
  auditSealMs: env.AUDIT_SEAL_MS,
  outboxKeepDays: env.OUTBOX_KEEP_DAYS,
  rateLimits: rateLimitsOf(env),
  webhooks: {
    sweepMs: env.WEBHOOK_SWEEP_MS,
    allowedAddresses: env.WEBHOOK_ALLOWED_ADDRESSES ?? (isTrial(env) ? ['127.0.0.0/8', '::1/128'] : []),
    plainHttp: isTrial(env),
  },
  mail: {
    smtpUrl: env.SMTP_URL,
    from: env.MAIL_FROM ?? `${env.APP_NAME} <no-reply@${env.APP_DOMAIN.toLowerCase()}>`,
    /** Only where nobody's real letters can be: whoever reads them can reset passwords. */
    folder: isTrial(env) ? env.MAIL_DIR : undefined,
  },
  jwt: {
    accessSecret: env.JWT_ACCESS_SECRET,
    refreshSecret: env.JWT_REFRESH_SECRET,
    keys: env.JWT_KEYS ?? [],
  },
  bcryptCost: env.BCRYPT_COST,
  masterKeys: masterKeysOf(env),
  backupKey: env.BACKUP_KEY?.key,
  files: filesOf(env),
  tracing: tracingOf(env),
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
  // The environment is left as it is: workers that are started later read the file anew.
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return parseConfig({ ...fromFile, ...process.env });
};

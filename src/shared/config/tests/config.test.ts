import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Environment } from '../config.ts';
import { ConfigError, parseConfig } from '../config.ts';
import { services } from '../services.ts';

const complaintOf = (environment: Record<string, string>): string => {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('Nobody complained');
};

const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const key = { kid: 'first', kty, crv, x, d };
const KEY = Buffer.alloc(32, 7);
const SENTINEL = { REDIS_SENTINELS: 's1', REDIS_SENTINEL_NAME: 'primary' };
const BUCKET = {
  S3_ENDPOINT: 'https://s3.example.org/b',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'secret',
};
const SOME_FILE = 'package.json';
const NATS = {
  servers: ['one.example:4222', '[2001:db8::1]:4333'],
  login: { user: 'a@b', pass: 'c' },
  tls: {},
};
const CERTIFICATE = { NATS_TLS_CERT_FILE: SOME_FILE, NATS_TLS_KEY_FILE: SOME_FILE };
const OTHER_KEY = Buffer.alloc(32, 8);
const secrets = {
  JWT_ACCESS_SECRET: 'a'.repeat(32),
  JWT_REFRESH_SECRET: 'b'.repeat(32),
  MASTER_KEY: KEY.toString('base64'),
};

describe('without any variable', () => {
  test('there is a configuration for a developer', () => {
    expect(parseConfig({})).toMatchObject({
      environment: 'development',
      port: 3000,
      logLevel: 'info',
      trustProxy: false,
      swaggerEnabled: true,
      signUpEnabled: true,
      database: {
        host: 'localhost',
        port: 3306,
        poolSize: 20,
        acquireTimeoutMs: 3_000,
        statementTimeoutMs: 15_000,
        slowQueryMs: 500,
      },
      redis: { host: 'localhost', port: 6379, password: '' },
      publicUrl: 'http://localhost:3000',
      streamPrefix: '{events}',
      waitlistSweepMs: 5_000,
      outboxKeepDays: 7,
      webhooks: { sweepMs: 1_000, allowedAddresses: ['127.0.0.0/8', '::1/128'], plainHttp: true },
      bcryptCost: 12,
    });
  });
});

describe('each variable', () => {
  const good: Record<keyof typeof Environment.shape, [text: string, path: string, value: unknown]> = {
    NODE_ENV: ['staging', 'environment', 'staging'],
    PORT: ['8080', 'port', 8080],
    SERVICES: ['core, analytics,notifications,medical-notes', 'services.run', new Set(services)],
    SERVICE_URLS: [
      'core=http://10.0.0.5:3000/,analytics=https://figures.internal',
      'services.urls',
      { core: 'http://10.0.0.5:3000', analytics: 'https://figures.internal' },
    ],
    SERVICE_TOKEN_SECRET: ['s'.repeat(32), 'services.tokenSecret', 's'.repeat(32)],
    PUBLIC_URL: ['https://clinics.example/', 'publicUrl', 'https://clinics.example'],
    TENANT_DELETION_DAYS: ['7', 'tenantDeletionDays', 7],
    DNS_SERVERS: ['192.0.2.53,[2001:db8::1]:5353', 'dnsServers', ['192.0.2.53', '[2001:db8::1]:5353']],
    WAITLIST_SWEEP_MS: ['250', 'waitlistSweepMs', 250],
    NOTIFICATION_SWEEP_MS: ['250', 'notifications.sweepMs', 250],
    DELIVERY_GIVE_UP_HOURS: ['2', 'notifications.giveUpAfterMs', 7_200_000],
    DELIVERY_LEASE_MS: ['5000', 'notifications.leaseMs', 5_000],
    DELIVERY_REQUEUE_MS: ['5000', 'notifications.requeueAfterMs', 5_000],
    MAIL_PER_MINUTE: ['60', 'notifications.perMinute.email', 60],
    SMTP_URL: ['smtp://u:p@mail.example:587', 'mail.smtpUrl', 'smtp://u:p@mail.example:587'],
    MAIL_FROM: ['Clinics <hello@clinics.example>', 'mail.from', 'Clinics <hello@clinics.example>'],
    MAIL_DIR: ['/tmp/mail', 'mail.folder', '/tmp/mail'],
    SMS_PER_MINUTE: ['6', 'notifications.perMinute.sms', 6],
    PUSH_PER_MINUTE: ['600', 'notifications.perMinute.push', 600],
    SMS_ACCOUNT_SID: ['AC1', 'notifications.sms.accountSid', 'AC1'],
    SMS_AUTH_TOKEN: ['the token', 'notifications.sms.authToken', 'the token'],
    SMS_FROM: ['+491234567', 'notifications.sms.from', '+491234567'],
    SMS_API_URL: ['https://sms.example.org/', 'notifications.sms.url', 'https://sms.example.org'],
    SMS_COUNTRY_CODE: ['49', 'notifications.sms.countryCode', '49'],
    VAPID_PUBLIC_KEY: ['a public key', 'notifications.push.publicKey', 'a public key'],
    VAPID_PRIVATE_KEY: ['a private key', 'notifications.push.privateKey', 'a private key'],
    VAPID_SUBJECT: ['mailto:ops@example.org', 'notifications.push.subject', 'mailto:ops@example.org'],
    PUSH_HOSTS: [
      'push.example.org, localhost:8443',
      'notifications.pushHosts',
      ['push.example.org', 'localhost:8443'],
    ],
    WEBHOOK_SWEEP_MS: ['250', 'webhooks.sweepMs', 250],
    WEBHOOK_ALLOWED_ADDRESSES: ['10.0.0.0/8', 'webhooks.allowedAddresses', ['10.0.0.0/8']],
    ABSENCE_SWEEP_MS: ['250', 'absenceSweepMs', 250],
    AUDIT_SEAL_MS: ['250', 'auditSealMs', 250],
    APP_NAME: ['Clinics', 'appName', 'Clinics'],
    APP_DOMAIN: ['Clinics.Example', 'appDomain', 'clinics.example'],
    LOG_LEVEL: ['silent', 'logLevel', 'silent'],
    ALLOWED_ORIGINS: [
      'https://a.example, http://b.example:81,',
      'allowedOrigins',
      ['https://a.example', 'http://b.example:81'],
    ],
    TRUST_PROXY: ['1', 'trustProxy', 1],
    SWAGGER_ENABLED: ['false', 'swaggerEnabled', false],
    SIGNUP_ENABLED: ['false', 'signUpEnabled', false],
    SHUTDOWN_TIMEOUT_MS: ['0', 'shutdownTimeoutMs', 0],
    DB_HOST: ['db.example', 'database.host', 'db.example'],
    DB_PORT: ['3307', 'database.port', 3307],
    DB_REPLICA_HOSTS: ['db4', 'database.replicaAddresses', [{ host: 'db4', port: 3306 }]],
    DB_REPLICA_MAX_LAG_MS: ['5000', 'database.replicaMaxLagMs', 5_000],
    DB_NAME: ['doctor-1', 'database.name', 'doctor-1'],
    DB_USER: ['app', 'database.user', 'app'],
    DB_PASSWORD: ['', 'database.password', ''],
    DB_POOL_SIZE: ['4', 'database.poolSize', 4],
    METRICS_TOKEN: ['a token', 'metricsToken', 'a token'],
    DB_SLOW_QUERY_MS: ['100', 'database.slowQueryMs', 100],
    SHUTDOWN_LINGER_MS: ['250', 'shutdownLingerMs', 250],
    WORKERS: ['3', 'workers', 3],
    ROLE: ['worker', 'role', 'worker'],
    DB_ACQUIRE_TIMEOUT_MS: ['250', 'database.acquireTimeoutMs', 250],
    DB_STATEMENT_TIMEOUT_MS: ['60000', 'database.statementTimeoutMs', 60_000],
    REDIS_HOST: ['redis.example', 'redis.host', 'redis.example'],
    REDIS_PORT: ['6380', 'redis.port', 6380],
    REDIS_PASSWORD: ['secret', 'redis.password', 'secret'],
    REDIS_SENTINELS: [
      's1, [fd00::1]:26380',
      'redis.sentinel.addresses',
      [
        { host: 's1', port: 26_379 },
        { host: 'fd00::1', port: 26_380 },
      ],
    ],
    REDIS_SENTINEL_NAME: ['clinics', 'redis.sentinel.name', 'clinics'],
    REDIS_SENTINEL_PASSWORD: ['secret', 'redis.sentinel.password', 'secret'],
    REDIS_CLUSTER_NODES: [
      'r1,r2:6380',
      'redis.clusterNodes',
      [
        { host: 'r1', port: 6379 },
        { host: 'r2', port: 6380 },
      ],
    ],
    EVENT_STREAM: ['clinics', 'streamPrefix', '{clinics}'],
    EVENT_BUS: ['nats', 'eventBus', 'nats'],
    NATS_URL: ['nats://a%40b:c@one.example,tls://[2001:db8::1]:4333', 'nats', expect.objectContaining(NATS)],
    NATS_CREDENTIALS_FILE: [SOME_FILE, 'nats.credentials', expect.stringContaining('"license"')],
    NATS_TLS_CA_FILE: [SOME_FILE, 'nats.tls.caFile', SOME_FILE],
    NATS_TLS_CERT_FILE: [SOME_FILE, 'nats.tls.certFile', SOME_FILE],
    NATS_TLS_KEY_FILE: [SOME_FILE, 'nats.tls.keyFile', SOME_FILE],
    NATS_REPLICAS: ['3', 'nats.replicas', 3],
    NATS_MAX_AGE_HOURS: ['24', 'nats.maxAgeMs', 86_400_000],
    OUTBOX_KEEP_DAYS: ['30', 'outboxKeepDays', 30],
    RATE_LIMIT_ADDRESS: ['auth=5/second', 'rateLimits.address.auth', { limit: 5, windowMs: 1_000 }],
    RATE_LIMIT_USER: ['all=9/hour, ', 'rateLimits.user.export', { limit: 9, windowMs: 3_600_000 }],
    RATE_LIMIT_TENANT: [
      'all=5/minute,read=7/minute',
      'rateLimits.tenant.read',
      { limit: 7, windowMs: 60_000 },
    ],
    JWT_ACCESS_SECRET: ['short', 'jwt.accessSecret', 'short'],
    JWT_REFRESH_SECRET: ['short', 'jwt.refreshSecret', 'short'],
    JWT_KEYS: [JSON.stringify({ keys: [key] }), 'jwt.keys', [key]],
    BCRYPT_COST: ['4', 'bcryptCost', 4],
    FILES_FOLDER: ['/srv/files', 'files.folder', '/srv/files'],
    MAX_ATTACHMENT_BYTES: ['1048576', 'files.maxBytes', 1_048_576],
    S3_ENDPOINT: ['https://s3.example.org/bucket/', 'files.s3.endpoint', 'https://s3.example.org/bucket'],
    S3_REGION: ['eu-central-1', 'files.s3.region', 'eu-central-1'],
    S3_ACCESS_KEY_ID: ['another', 'files.s3.accessKeyId', 'another'],
    S3_SECRET_ACCESS_KEY: ['another', 'files.s3.secretAccessKey', 'another'],
    OTEL_EXPORTER_OTLP_ENDPOINT: ['http://otel:4318/', 'tracing.url', 'http://otel:4318/v1/traces'],
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ['https://otel/spans', 'tracing.url', 'https://otel/spans'],
    OTEL_EXPORTER_OTLP_PROTOCOL: ['http/json', 'tracing.protocol', 'http/json'],
    OTEL_EXPORTER_OTLP_HEADERS: ['key=a%2Cb, other=c=d', 'tracing.headers', { key: 'a,b', other: 'c=d' }],
    OTEL_EXPORTER_OTLP_TIMEOUT: ['500', 'tracing.timeoutMs', 500],
    OTEL_SDK_DISABLED: ['true', 'tracing.url', undefined],
    OTEL_SERVICE_NAME: ['clinics', 'tracing.serviceName', 'clinics'],
    OTEL_RESOURCE_ATTRIBUTES: ['zone=a', 'tracing.resourceAttributes', { zone: 'a' }],
    OTEL_TRACES_SAMPLER: ['traceidratio', 'tracing.sampler.name', 'traceidratio'],
    OTEL_TRACES_SAMPLER_ARG: ['0.1', 'tracing.sampler.ratio', 0.1],
    OTEL_BSP_SCHEDULE_DELAY: ['100', 'tracing.queue.scheduledDelayMillis', 100],
    OTEL_BSP_MAX_QUEUE_SIZE: ['4096', 'tracing.queue.maxQueueSize', 4_096],
    MASTER_KEY: [KEY.toString('base64'), 'masterKeys', [{ id: 'default', key: KEY }]],
    MASTER_KEYS: [
      `2027:${OTHER_KEY.toString('base64')}, 2026:${KEY.toString('hex')}`,
      'masterKeys',
      [
        { id: '2027', key: OTHER_KEY },
        { id: '2026', key: KEY },
      ],
    ],
    BACKUP_KEY: [KEY.toString('base64'), 'backupKey', KEY],
  };
  /** What is of use only as a whole, so that each part of it can be looked at. */
  const wholes = {
    SMS_ACCOUNT_SID: 'x',
    SMS_AUTH_TOKEN: 'x',
    SMS_FROM: 'x',
    VAPID_PUBLIC_KEY: 'x',
    VAPID_PRIVATE_KEY: 'x',
  };
  test.each(Object.entries(good))('%s is read', (name, [text, path, value]) => {
    const bucket = name.startsWith('S3_') ? BUCKET : {};
    const pair = /^NATS_TLS_(CERT|KEY)/.test(name) ? CERTIFICATE : {};
    const sentinel = name.startsWith('REDIS_SENTINEL') ? SENTINEL : {};
    expect(parseConfig({ ...bucket, ...pair, ...sentinel, ...wholes, [name]: text })).toHaveProperty(
      path,
      value,
    );
  });

  test.each(Object.keys(wholes))('%s alone is refused with the names of what is missing', (name) => {
    expect(() => parseConfig({ [name]: 'x' })).toThrow(/is missing beside the others/);
  });

  test.each([
    ['NODE_ENV', 'prod'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '0x50'],
    ['PORT', ''],
    ['APP_NAME', ''],
    ['APP_DOMAIN', ''],
    ['LOG_LEVEL', 'loud'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'https://a.example/'],
    ['ALLOWED_ORIGINS', 'a.example'],
    ['WEBHOOK_ALLOWED_ADDRESSES', '10.0.0.1'],
    ['WEBHOOK_ALLOWED_ADDRESSES', 'localhost'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.0/0'],
    ['TRUST_PROXY', 'proxy.example'],
    ['SWAGGER_ENABLED', 'yes'],
    ['SIGNUP_ENABLED', '1'],
    ['TENANT_DELETION_DAYS', '-1'],
    ['DNS_SERVERS', 'ns.example.org'],
    ['DNS_SERVERS', '192.0.2.53:99999'],
    ['SHUTDOWN_TIMEOUT_MS', '-1'],
    ['DB_HOST', ''],
    ['DB_HOST', 'db1,,db2'],
    ['DB_HOST', 'db1:0'],
    ['DB_REPLICA_HOSTS', ''],
    ['DB_REPLICA_MAX_LAG_MS', '999'],
    ['DB_HOST', 'fd00::1:3306:x'],
    ['DB_HOST', 'mysql://db1'],
    ['REDIS_SENTINELS', 's1:port'],
    ['REDIS_SENTINELS', 's1'],
    ['REDIS_SENTINEL_NAME', 'clinics'],
    ['REDIS_CLUSTER_NODES', ''],
    ['DB_PORT', 'mysql'],
    ['DB_NAME', ''],
    ['DB_USER', ''],
    ['DB_POOL_SIZE', '3'],
    ['DB_POOL_SIZE', '1.5'],
    ['DB_ACQUIRE_TIMEOUT_MS', '0'],
    ['DB_STATEMENT_TIMEOUT_MS', '1'],
    ['REDIS_HOST', ''],
    ['REDIS_PORT', '-6379'],
    ['EVENT_STREAM', ''],
    ['EVENT_BUS', 'kafka'],
    ['NATS_URL', 'localhost:4222'],
    ['NATS_URL', 'http://localhost'],
    ['NATS_CREDENTIALS_FILE', '/nowhere/app.creds'],
    ['NATS_TLS_CERT_FILE', SOME_FILE],
    ['NATS_TLS_KEY_FILE', SOME_FILE],
    ['NATS_REPLICAS', '6'],
    ['NATS_MAX_AGE_HOURS', '0'],
    ['OUTBOX_KEEP_DAYS', '0'],
    ['RATE_LIMIT_ADDRESS', 'read=0/minute'],
    ['RATE_LIMIT_USER', 'read=10/day'],
    ['RATE_LIMIT_TENANT', 'reading=10/minute'],
    ['RATE_LIMIT_TENANT', '10'],
    ['JWT_ACCESS_SECRET', ''],
    ['JWT_REFRESH_SECRET', ''],
    ['SMTP_URL', 'mail.example:25'],
    ['SMTP_URL', 'http://mail.example'],
    ['MAIL_FROM', ''],
    ['JWT_KEYS', '/nowhere/keys.json'],
    ['JWT_KEYS', '{"keys":[]}'],
    ['JWT_KEYS', JSON.stringify({ keys: [key, key] })],
    ['JWT_KEYS', JSON.stringify({ keys: [{ ...key, d: undefined }] })],
    ['JWT_KEYS', JSON.stringify({ keys: [{ ...key, d: 'AAAA' }] })],
    ['JWT_KEYS', JSON.stringify({ keys: [{ ...key, kty: 'oct' }] })],
    ['BCRYPT_COST', '3'],
    ['BCRYPT_COST', '16'],
    ['FILES_FOLDER', ''],
    ['MAX_ATTACHMENT_BYTES', '20MB'],
    ['S3_ENDPOINT', 's3.example.org/bucket'],
    ['S3_ENDPOINT', 'https://s3.example.org/bucket'],
    ['S3_REGION', ''],
    ['S3_ACCESS_KEY_ID', ''],
    ['S3_SECRET_ACCESS_KEY', ''],
    ['SERVICES', ''],
    ['SERVICES', 'billing'],
    ['SERVICES', 'tenants,auth,notifications'],
    ['SERVICE_URLS', 'core'],
    ['SERVICE_URLS', 'billing=http://10.0.0.1'],
    ['SERVICE_URLS', 'core=10.0.0.1:3000'],
    ['SERVICE_URLS', 'core=http://10.0.0.1/path'],
    ['SERVICE_TOKEN_SECRET', 'short'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'otel:4318'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key=%'],
    ['OTEL_SDK_DISABLED', 'yes'],
    ['OTEL_TRACES_SAMPLER', 'some'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '10'],
    ['MASTER_KEY', ''],
    ['MASTER_KEY', 'a sentence that somebody made up'],
    ['MASTER_KEY', Buffer.alloc(31).toString('base64')],
    ['BACKUP_KEY', 'a sentence that somebody made up'],
    ['MASTER_KEYS', ''],
    ['MASTER_KEYS', KEY.toString('base64')],
    ['MASTER_KEYS', `2026:${KEY.toString('base64')},2027:short`],
    ['MASTER_KEYS', `2026:${KEY.toString('base64')},2026:${OTHER_KEY.toString('base64')}`],
  ])('%s refuses "%s", by its name', (name, text) => {
    expect(complaintOf({ [name]: text })).toMatch(new RegExp(`^  - ${name}: .+$`, 'm'));
  });

  test('DB_HOST may name several servers, each with a port of its own', () => {
    expect(parseConfig({ DB_HOST: 'db1,db2:3307,::1', DB_PORT: '3310' }).database).toMatchObject({
      host: 'db1',
      port: 3310,
      otherAddresses: [
        { host: 'db2', port: 3307 },
        { host: '::1', port: 3310 },
      ],
    });
  });

  test('that is wrong is named together with every other that is', () => {
    const complaint = complaintOf({ PORT: 'x', DB_PORT: 'y', LOG_LEVEL: 'z' });
    expect(complaint.split('\n')).toEqual([
      'The configuration cannot be used:',
      '  - PORT: must be a whole number from 1 to 65535',
      expect.stringContaining('  - LOG_LEVEL: '),
      '  - DB_PORT: must be a whole number from 1 to 65535',
    ]);
  });

  test('no complaint repeats the value of a secret', () => {
    const environment = {
      NODE_ENV: 'production',
      JWT_ACCESS_SECRET: 'hunter2',
      JWT_REFRESH_SECRET: 'hunter2',
    };
    expect(complaintOf(environment)).not.toContain('hunter2');
  });
});

describe('in production', () => {
  test('each default secret is refused by its name', () => {
    expect(complaintOf({ NODE_ENV: 'production' }).split('\n')).toEqual([
      'The configuration cannot be used:',
      '  - JWT_ACCESS_SECRET still has its default value',
      '  - JWT_REFRESH_SECRET still has its default value',
      '  - MASTER_KEY still has its default value; make one with: openssl rand -base64 32',
    ]);
  });

  test.each([
    [{ JWT_ACCESS_SECRET: 'a'.repeat(31) }, 'JWT_ACCESS_SECRET is shorter than 32 characters'],
    [
      { JWT_REFRESH_SECRET: secrets.JWT_ACCESS_SECRET },
      'JWT_ACCESS_SECRET and JWT_REFRESH_SECRET are the same',
    ],
    [{ BCRYPT_COST: '9' }, 'BCRYPT_COST is below 10'],
  ])('%j is refused', (changes, complaint) => {
    expect(complaintOf({ NODE_ENV: 'production', ...secrets, ...changes })).toContain(`  - ${complaint}`);
  });

  test('good secrets are accepted, and the Swagger UI is off until it is switched on', () => {
    const production = { NODE_ENV: 'production', ...secrets };
    expect(parseConfig(production).swaggerEnabled).toBe(false);
    expect(parseConfig({ ...production, SWAGGER_ENABLED: 'true' }).swaggerEnabled).toBe(true);
  });

  test('MASTER_KEYS will do instead of MASTER_KEY, which beside it only opens what it encrypted', () => {
    const named = { ...secrets, MASTER_KEYS: `2027:${OTHER_KEY.toString('base64')}` };
    expect(parseConfig({ NODE_ENV: 'production', ...named }).masterKeys.map(({ id }) => id)).toEqual([
      '2027',
      'default',
    ]);
  });

  test('anywhere else the default secrets will do', () => {
    expect(parseConfig({ NODE_ENV: 'staging' }).environment).toBe('staging');
  });
});

describe('services', () => {
  const token = { SERVICE_TOKEN_SECRET: 's'.repeat(32) };

  test('that book in one transaction are refused apart, with their names', () => {
    expect(complaintOf({ SERVICES: 'tenants,auth,patients,doctors,appointments' })).toMatch(
      /together, or none of them.*webhooks, audit is missing/,
    );
  });

  test('that run elsewhere are asked for where they are, and for the secret', () => {
    expect(complaintOf({ SERVICES: 'core,analytics' }).split('\n').slice(1)).toEqual([
      expect.stringContaining('SERVICE_URLS: must say where notifications and medical-notes can be reached'),
      expect.stringContaining('SERVICE_TOKEN_SECRET: must be set'),
    ]);
    expect(complaintOf({ SERVICES: 'analytics', ...token })).toContain('where core can be reached');
  });

  test('a parted service need know the core only', () => {
    const { services: found } = parseConfig({
      SERVICES: 'notifications',
      SERVICE_URLS: 'core=http://a:1',
      ...token,
    });
    expect(found).toEqual({
      run: new Set(['notifications']),
      urls: { core: 'http://a:1' },
      tokenSecret: token.SERVICE_TOKEN_SECRET,
    });
  });
});

describe('mails', () => {
  test('are written to a folder while developing only: they open accounts', () => {
    for (const [environment, folder] of [
      [{}, '.data/mail'],
      [{ NODE_ENV: 'test' }, '.data/mail'],
      [{ NODE_ENV: 'staging' }, undefined],
      [{ NODE_ENV: 'production', ...secrets }, undefined],
    ] as const)
      expect(parseConfig(environment).mail.folder).toBe(folder);
  });

  test('come from a name and an address of the installation', () => {
    expect(parseConfig({ APP_NAME: 'Clinics', APP_DOMAIN: 'clinics.example' }).mail.from).toBe(
      'Clinics <no-reply@clinics.example>',
    );
  });
});

describe('rate limits', () => {
  const aMinute = (limit: number) => ({ limit, windowMs: 60_000 });

  test.each(['development', 'test'])('are loose in %s: 1000 a minute per address and class', (NODE_ENV) => {
    const { address } = parseConfig({ NODE_ENV }).rateLimits;
    for (const quota of Object.values(address)) expect(quota).toEqual(aMinute(1_000));
  });

  test.each(['staging', 'production'])('are strict on what strangers send in %s', (NODE_ENV) => {
    const { address } = parseConfig({ NODE_ENV, ...secrets }).rateLimits;
    expect(address.auth).toEqual(aMinute(30));
    expect(address.sign_up).toEqual({ limit: 30, windowMs: 3_600_000 });
  });

  test('keep their default in every class that is not named', () => {
    const { address, user } = parseConfig({ RATE_LIMIT_ADDRESS: 'auth=3/minute' }).rateLimits;
    expect([address.auth, address.read, user.auth]).toEqual([aMinute(3), aMinute(1_000), aMinute(1_000)]);
  });
});

describe('TRUST_PROXY', () => {
  test.each([
    ['', false],
    ['false', false],
    ['0', 0],
    ['2', 2],
    ['loopback', ['loopback']],
    ['loopback, 10.0.0.0/8, 192.168.1.7', ['loopback', '10.0.0.0/8', '192.168.1.7']],
    ['::1,fd00::/8', ['::1', 'fd00::/8']],
  ])('"%s" is %j', (text, trusted) => {
    expect(parseConfig({ TRUST_PROXY: text }).trustProxy).toEqual(trusted);
  });
});

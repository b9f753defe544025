import type { Environment } from './config.ts';

/** What a variable is for, and in words what it is without being set, where that is no fixed value. */
type Explained = { readonly meaning: string; readonly otherwise?: string };

/** Every environment variable, explained for whoever sets it: the page docs/configuration.md. */
export const explained: Readonly<Record<keyof typeof Environment.shape, Explained>> = {
  NODE_ENV: { meaning: '`development`, `test`, `staging` or `production`' },
  PORT: { meaning: 'Port for HTTP and sockets' },
  APP_NAME: { meaning: 'Name in logs and in the documentation' },
  APP_DOMAIN: { meaning: 'Domain below which clinics have subdomains: `sunrise.` + `APP_DOMAIN`' },
  PUBLIC_URL: {
    meaning: 'Where the outside world reaches the server; links to calendars begin with it',
    otherwise: '`http://localhost:` + `PORT`',
  },
  LOG_LEVEL: { meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`' },
  ALLOWED_ORIGINS: {
    meaning: 'Origins of pages that may call the API and open sockets, with commas between them',
  },
  TRUST_PROXY: {
    meaning: "Reverse proxies to believe about the client's address: how many, or their addresses",
  },
  SWAGGER_ENABLED: {
    meaning: 'Whether there is a Swagger UI under `/docs`',
    otherwise: '`false` in production, else `true`',
  },
  SIGNUP_ENABLED: { meaning: 'Whether anybody may sign up a clinic' },
  METRICS_TOKEN: { meaning: 'What whoever reads `/metrics` has to send as a Bearer token' },
  TENANT_DELETION_DAYS: { meaning: 'How long a clinic that the operator deletes can be brought back' },
  DNS_SERVERS: {
    meaning: 'Name servers to ask for the records of custom domains, separated by commas',
    otherwise: "the machine's own",
  },
  SHUTDOWN_LINGER_MS: {
    meaning: 'How long connections that are kept open may bring one more request while a process stops',
    otherwise: '`1000`; `0` in development',
  },
  WORKERS: {
    meaning: 'Processes that share the port. `0`: one that serves by itself',
    otherwise: 'one for each core; `0` in development',
  },
  ROLE: {
    meaning:
      'What a process does: `api` answers requests and sockets, `worker` does what goes on behind them, `all` both',
  },
  SERVICES: {
    meaning:
      'Which domains a process runs, separated by commas: `core`, `notifications`, `analytics`, `medical-notes`. See [microservices](microservices.md)',
    otherwise: '`all`',
  },
  SERVICE_URLS: {
    meaning: 'Where the services that run elsewhere are reached: `core=http://10.0.0.5:3000`',
    otherwise: 'none',
  },
  SERVICE_TOKEN_SECRET: {
    meaning:
      'What services show each other, 32 characters or more. Must be set where `SERVICES` is not `all`',
  },
  SHUTDOWN_TIMEOUT_MS: { meaning: 'How long a stop may take' },
  DB_HOST: {
    meaning: 'MySQL, or the nodes of a cluster: `db1,db2:3307`. Not set, `npm run dev` starts a private one',
    otherwise: '`localhost`',
  },
  DB_PORT: { meaning: 'Its port, where `DB_HOST` does not name another' },
  DB_REPLICA_HOSTS: {
    meaning: 'Replicas, as in `db4,db5:3307`, which searches of slots and figures are read from',
  },
  DB_REPLICA_MAX_LAG_MS: { meaning: 'A replica that is further behind is left out' },
  DB_NAME: { meaning: 'The database' },
  DB_USER: { meaning: 'Who reads and writes there' },
  DB_PASSWORD: { meaning: 'The password of that user' },
  DB_POOL_SIZE: { meaning: 'Connections of each process, 4 at least' },
  DB_ACQUIRE_TIMEOUT_MS: { meaning: 'How long a request waits for a connection before it is answered 503' },
  DB_STATEMENT_TIMEOUT_MS: { meaning: 'How long one statement may run before its request is answered 503' },
  DB_SLOW_QUERY_MS: { meaning: 'A query that takes longer is written to the log, by its name' },
  REDIS_HOST: { meaning: 'Redis. Not set at all, `npm run dev` starts a private one' },
  REDIS_PORT: { meaning: 'Its port' },
  REDIS_PASSWORD: { meaning: 'Its password' },
  REDIS_SENTINELS: {
    meaning: 'Instead of `REDIS_HOST`: Redis Sentinels, as in `s1,s2:26380`, which tell where the primary is',
  },
  REDIS_SENTINEL_NAME: { meaning: 'The name under which the sentinels know the primary' },
  REDIS_SENTINEL_PASSWORD: { meaning: 'The password of the sentinels, where they have one' },
  REDIS_CLUSTER_NODES: {
    meaning:
      'Instead of `REDIS_HOST`: nodes of a Redis Cluster, as in `r1,r2:6380`, which tell of the others',
  },
  EVENT_STREAM: {
    meaning: 'Name of the event stream. Installations that share a Redis or a NATS need one each',
  },
  EVENT_BUS: {
    meaning:
      'What carries events to their consumers: `redis`, or `nats` for NATS JetStream. Redis is needed all the same',
  },
  NATS_URL: {
    meaning:
      'Servers of NATS with commas between them: `nats://user:password@host:4222`, `tls://` where TLS is asked for',
    otherwise: '`nats://localhost:4222`',
  },
  NATS_CREDENTIALS_FILE: { meaning: 'File with the credentials of a user of NATS, as `nsc` writes it' },
  NATS_TLS_CA_FILE: { meaning: 'Certificates to trust at NATS, where those of the system do not do' },
  NATS_TLS_CERT_FILE: { meaning: 'Our own certificate for NATS, where it asks for one' },
  NATS_TLS_KEY_FILE: { meaning: 'The key of that certificate' },
  NATS_REPLICAS: {
    meaning: 'How many servers of a NATS cluster keep each event: `3` survives the loss of one',
  },
  NATS_MAX_AGE_HOURS: { meaning: 'How long NATS keeps events' },
  WAITLIST_SWEEP_MS: { meaning: 'How often expired offers and holds are looked for' },
  NOTIFICATION_SWEEP_MS: { meaning: 'How often reminders and messages that are due are looked for' },
  DELIVERY_GIVE_UP_HOURS: { meaning: 'How long a message is tried again while its provider is away' },
  DELIVERY_LEASE_MS: { meaning: 'A sender that was not heard of for so long is taken for dead' },
  DELIVERY_REQUEUE_MS: { meaning: 'A message that waits in a queue for so long is put in again' },
  MAIL_PER_MINUTE: { meaning: 'Mails a minute, of all processes together' },
  SMS_PER_MINUTE: { meaning: 'SMS a minute' },
  PUSH_PER_MINUTE: { meaning: 'Push messages a minute' },
  SMS_ACCOUNT_SID: { meaning: 'The account at Twilio. With the next two, SMS are sent' },
  SMS_AUTH_TOKEN: { meaning: 'Its token, which also signs the replies' },
  SMS_FROM: { meaning: 'The number of the sender, or a message service (`MG…`)' },
  SMS_API_URL: { meaning: 'Another provider that speaks the same API' },
  SMS_COUNTRY_CODE: { meaning: 'Of numbers that are written without one, such as `49`' },
  VAPID_PUBLIC_KEY: { meaning: 'With the next one, Web Push is sent. `npx web-push generate-vapid-keys`' },
  VAPID_PRIVATE_KEY: { meaning: 'The other half of the pair' },
  VAPID_SUBJECT: {
    meaning: 'Whom a push service tells of trouble',
    otherwise: '`mailto:postmaster@APP_DOMAIN`',
  },
  PUSH_HOSTS: { meaning: 'Push services beside those of the known browsers' },
  AUDIT_SEAL_MS: { meaning: 'How often new rows of the audit trail are sealed' },
  ABSENCE_SWEEP_MS: {
    meaning: 'How often decisions about absences that are still to be carried out are looked for',
  },
  SMTP_URL: {
    meaning:
      'Mail server, such as `smtp://user:password@mail.example:587`; `smtps://` for TLS from the start',
  },
  MAIL_FROM: { meaning: 'Sender of mails', otherwise: '`APP_NAME` `<no-reply@APP_DOMAIN>`' },
  MAIL_DIR: { meaning: 'Where mails are written in development while `SMTP_URL` is not set' },
  OUTBOX_KEEP_DAYS: { meaning: 'How long events that have been published stay in the database' },
  RATE_LIMIT_ADDRESS: {
    meaning: 'Requests from one address, by class of routes: `auth=30/minute,read=2400/minute`',
    otherwise: 'see [security](security.md#rate-limits)',
  },
  RATE_LIMIT_USER: { meaning: 'Requests of one user', otherwise: 'the same' },
  RATE_LIMIT_TENANT: { meaning: 'Requests of all users of one clinic', otherwise: 'the same' },
  WEBHOOK_SWEEP_MS: { meaning: 'How often messages to webhooks that are due are looked for' },
  WEBHOOK_ALLOWED_ADDRESSES: {
    meaning: 'Ranges of private addresses to which webhooks may point, such as `10.0.0.0/8`',
    otherwise: 'none; this machine in development',
  },
  JWT_ACCESS_SECRET: {
    meaning: 'Signs access tokens (15 minutes). Production wants 32 characters or more',
    otherwise: 'an example',
  },
  JWT_REFRESH_SECRET: {
    meaning:
      'Signs refresh tokens (7 days); protects stored answers and the links of letters. Production wants 32 characters or more',
    otherwise: 'an example',
  },
  JWT_KEYS: {
    meaning: 'Key pairs that sign tokens instead of the secrets, see [docs/accounts.md](accounts.md#tokens)',
  },
  BCRYPT_COST: { meaning: 'Work of one password hash, 4 to 15. Production wants 10 or more' },
  FILES_FOLDER: { meaning: 'Where attachments are kept, encrypted. All processes share it' },
  MAX_ATTACHMENT_BYTES: { meaning: 'Largest attachment, 20 MiB' },
  S3_ENDPOINT: { meaning: 'Address of a bucket for attachments in place of the folder, see `.env.example`' },
  S3_REGION: { meaning: 'Its region' },
  S3_ACCESS_KEY_ID: { meaning: 'Who reads and writes there' },
  S3_SECRET_ACCESS_KEY: { meaning: 'The secret of that key' },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning:
      'Collector of traces, as `http://collector:4318`; see [docs/operations.md](operations.md#traces)',
    otherwise: 'nothing is traced',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    meaning: 'Its whole address, where it does not end with `/v1/traces`',
    otherwise: '`OTEL_EXPORTER_OTLP_ENDPOINT` + `/v1/traces`',
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: { meaning: '`http/protobuf` or `http/json`' },
  OTEL_EXPORTER_OTLP_HEADERS: {
    meaning: 'What the collector wants to see: `name=value`, with commas between several',
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: { meaning: 'How long the collector may take for a batch, in milliseconds' },
  OTEL_SDK_DISABLED: { meaning: '`true`: nothing is traced, whatever else is set' },
  OTEL_SERVICE_NAME: { meaning: 'Name of the installation in traces' },
  OTEL_RESOURCE_ATTRIBUTES: {
    meaning: 'What else traces say of the process: `deployment.environment.name=production`',
  },
  OTEL_TRACES_SAMPLER: {
    meaning:
      '`always_on`, `always_off`, `traceidratio`, or one of them behind `parentbased_`: then whoever calls decides',
  },
  OTEL_TRACES_SAMPLER_ARG: { meaning: 'For `traceidratio`: the share of traces that are kept, from 0 to 1' },
  OTEL_BSP_SCHEDULE_DELAY: { meaning: 'How often spans are sent, in milliseconds' },
  OTEL_BSP_MAX_QUEUE_SIZE: { meaning: 'Spans that may wait, 512 at least; more are dropped' },
  MASTER_KEY: {
    meaning: 'Encrypts health data, see [docs/encryption.md](encryption.md): 32 bytes in base64',
    otherwise: 'an example',
  },
  MASTER_KEYS: {
    meaning: 'Several of them, with names: `2027:base64,2026:base64`. The first encrypts, every one decrypts',
  },
  BACKUP_KEY: {
    meaning: 'Encrypts backups: 32 bytes in base64, see [docs/backup.md](backup.md)',
    otherwise: 'a key made from the first master key',
  },
};

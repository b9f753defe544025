import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createAuditTrail } from '../../database/audit.ts';
import { createKeyring } from '../../database/keyring.ts';
import { createOutbox } from '../../database/outbox.ts';
import { testConfig, testDatabase } from '../../database/tests/test-database.ts';
import { type AuthPort, createAuth, findNames } from '../../domains/auth/index.ts';
import { createPatients, type PatientsPort, type Visits } from '../../domains/patients/index.ts';
import { createTenants, type TenantsPort } from '../../domains/tenants/index.ts';
import { createMetrics } from '../../shared/metrics/metrics.ts';
import { requestId } from '../../shared/middleware/request-id.ts';
import { createBroadcast } from '../../shared/utils/broadcast.ts';
import { type Clock, systemClock } from '../../shared/utils/clock.ts';
import { createLogControl } from '../../shared/utils/log-control.ts';
import { createLogger } from '../../shared/utils/logger.ts';
import { createRedis } from '../../shared/utils/redis.ts';
import { createIdentify } from '../identify.ts';
import { renderProblems } from '../problem-response.ts';
import { apiRouter, routeNotFound } from '../router.ts';
import { openGate } from './open-gate.ts';

export const APP_DOMAIN = 'clinics.test';

type Question = { token?: string | undefined; headers?: Record<string, string>; body?: unknown };
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
};
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Ask = (method: Method, path: string, question?: Question) => Promise<Answer>;

type Options = {
  clock?: Clock;
  signUpEnabled?: boolean;
  withoutRedis?: boolean;
  visits?: Partial<Visits>;
  doctorOfUser?: (userId: string) => string | undefined;
};

/** One process of the product, as far as tenants, identity and patients go, on the test's servers. */
export type IdentityApp = {
  readonly ask: Ask;
  readonly auth: AuthPort;
  readonly tenants: TenantsPort;
  readonly patients: PatientsPort;
  readonly database: Awaited<ReturnType<typeof testDatabase>>['database'];
  close(): Promise<void>;
};

const noVisits: Visits = {
  treats: () => Promise.resolve(false),
  treatedBy: () => Promise.resolve([]),
  upcomingOf: () => Promise.resolve([]),
  timelineOf: () => Promise.resolve([]),
  move: () => Promise.resolve(),
  leave: () => Promise.resolve(0),
  forget: () => Promise.resolve({ erased: 0, kept: 0, lastEnd: null }),
};
const NO_REDIS_PORT = 1;

/** Node's own client, since `fetch` may not choose its Host. */
const askServer =
  (server: Server): Ask =>
  (method, path, { token, headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const asked = request({
        port: (server.address() as AddressInfo).port,
        host: '127.0.0.1',
        method,
        path: `/api/v1${path}`,
        headers: {
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(text !== undefined && {
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(text),
          }),
          ...headers,
        },
      });
      asked.on('error', reject);
      asked.on('response', (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: (answer === '' ? {} : JSON.parse(answer)) as Answer['body'],
          });
        });
      });
      asked.end(text);
    });

export const startIdentityApp = async (options: Options = {}): Promise<IdentityApp> => {
  const { database, config, ...opened } = await testDatabase();
  const clock = options.clock ?? systemClock;
  const logger = createLogger(config);
  const nowhere = { host: '127.0.0.1', port: NO_REDIS_PORT, password: '' };
  const redis = createRedis(options.withoutRedis ? nowhere : config.redis, logger);
  if (!options.withoutRedis) await new Promise((resolve) => redis.once('ready', resolve));
  const broadcast = createBroadcast(redis, config.streamPrefix);
  const audit = createAuditTrail(clock, config.masterKeys);
  const outbox = createOutbox(clock, () => undefined);
  const keyring = createKeyring(config.masterKeys, clock);
  const deps = {
    database,
    audit,
    outbox,
    redis,
    broadcast,
    clock,
    logger,
    keyring,
    metrics: createMetrics(),
  };

  const tenants = createTenants({
    ...deps,
    forgetElsewhere: () => Promise.resolve(),
    logControl: createLogControl({ logger, redis, broadcast, clock, keyPrefix: config.streamPrefix }),
    config: { ...testConfig(), signUpEnabled: options.signUpEnabled ?? true },
  });
  const patients = createPatients(deps);
  const auth = createAuth({
    ...deps,
    config,
    keyring: createKeyring(config.masterKeys, clock),
    tenants: tenants.port,
    patients: patients.port,
    doctorOfUser: (_db, userId) => Promise.resolve(options.doctorOfUser?.(userId)),
  });
  const groups = [
    ...tenants.routes(auth.accounts),
    ...auth.routes,
    ...patients.routes({
      visits: { ...noVisits, ...options.visits },
      accounts: auth.ofPatients,
      namesOfUsers: findNames,
      timelineSources: [],
      movers: [],
      exportSources: [],
      notes: {
        count: () => Promise.resolve(0),
        forget: () => Promise.resolve(0),
        ids: () => Promise.resolve([]),
      },
      retentionOf: () => Promise.resolve({ appointments: 10, medicalRecords: 10 }),
    }),
  ];
  const identify = createIdentify({ tenants: tenants.port, auth: auth.port, appDomain: APP_DOMAIN });
  const app = express()
    .use(requestId)
    .use('/api/v1', apiRouter(groups, openGate(identify)));
  app.use(
    routeNotFound,
    renderProblems(() => logger),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  return {
    ask: askServer(server),
    auth: auth.port,
    tenants: tenants.port,
    patients: patients.port,
    database,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      broadcast.close();
      redis.disconnect();
      await opened.close();
    },
  };
};

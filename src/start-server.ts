import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpServer } from './api/create-server.ts';
import { createApp } from './app.ts';
import { choresOf } from './composition/catalogues.ts';
import { createDomains, type Domains } from './composition/domains.ts';
import { sweepsOf } from './composition/work.ts';
import { createConsumers } from './consumers.ts';
import { appointmentsPort } from './domains/appointments/index.ts';
import { doctorsPort } from './domains/doctors/index.ts';
import { outboxChore, startHousekeeping } from './database/housekeeping.ts';
import { checkSchema, SchemaError } from './database/service-tables.ts';
import { beat, BEAT_EVERY_MS } from './database/replicas.ts';
import { createInfrastructure, type Infrastructure } from './infrastructure.ts';
import type { Config } from './shared/config/config.ts';
import { MasterKeyError } from './shared/crypto/master-keys.ts';
import { openTracing } from './shared/tracing/open-tracing.ts';
import { newId } from './shared/types/id.ts';
import type { Clock } from './shared/utils/clock.ts';
import { AppError, commonProblems } from './shared/utils/errors.ts';
import type { Logger } from './shared/utils/logger.ts';
import { connectedSoon } from './shared/utils/redis.ts';
import { repeatedly } from './shared/utils/repeatedly.ts';
import { createShutdown, type Shutdown } from './shared/utils/shutdown.ts';
import { version } from './version.ts';
import { watchServer } from './watch-server.ts';
import { createRealtime } from './websocket/realtime.ts';

export type RunningServer = { readonly port: number; readonly shutdown: Shutdown };

/** Clients connect to the core alone. Another process tells those who are connected there what its domains have to tell. */
const createSockets = (
  infrastructure: Infrastructure,
  domains: Domains,
  httpServer: ReturnType<typeof createHttpServer>,
) => {
  const { config, database, redis, clock, logger, metrics } = infrastructure;
  return createRealtime({
    httpServer: httpServer.server,
    redis,
    clock,
    logger,
    allowedOrigins: config.allowedOrigins,
    keyPrefix: `${config.streamPrefix}:realtime`,
    count: (name) => {
      metrics.sentMessages.inc({ name });
    },
    authenticate: async (token, client) => {
      if (!domains.runs('core')) throw new AppError(commonProblems.forbidden);
      const identity = await domains.auth.authenticate(token);
      if (identity.apiKeyId !== undefined) throw new AppError(commonProblems.forbidden);
      if (identity.lacks !== undefined) throw new AppError(commonProblems[identity.lacks]);
      const tenant = await domains.tenants.findById(identity.tenantId);
      if (tenant?.status !== 'active') throw new AppError(commonProblems.tenant_suspended);
      return { ...identity, ...client, requestId: newId() };
    },
    isSessionLive: async (ctx) =>
      (await domains.tenants.findById(ctx.tenantId))?.status === 'active' && domains.auth.isSessionLive(ctx),
    presence: domains.presence,
    doctorExists: (ctx, doctorId) => doctorsPort.exists(database.read(ctx.tenantId), doctorId),
    appointmentAudience: (ctx, appointmentId) =>
      appointmentsPort.visit(database.read(ctx.tenantId), ctx, appointmentId),
  });
};

/** Refuses to start with a database of another service, or with other master keys than its own. While it cannot be asked, the first use tells. */
const checkDatabase = async ({ config, database, keyring, logger }: Infrastructure) => {
  try {
    await checkSchema(config.database, config.services.run);
    await keyring.check(database.system);
  } catch (error) {
    if (error instanceof MasterKeyError || error instanceof SchemaError) throw error;
    logger.warn({ err: error }, 'The database and its master keys could not be checked');
  }
};

/**
 * Starts everything that a process of its role runs: HTTP, sockets, relay, consumers and sweeps. Resolves when it accepts requests; rejects
 * when the port is taken or the master key is a wrong one. Redis need not be there, and MySQL may come later.
 */
export const startServer = async (config: Config, logger: Logger, clock?: Clock): Promise<RunningServer> => {
  const tracing = await openTracing(config.tracing, { version, logger });
  const infrastructure = createInfrastructure(config, logger, clock, tracing);
  const { database, redis, relay, metrics } = infrastructure;
  const domains = createDomains(infrastructure);
  const http = createHttpServer(createApp(infrastructure, domains, () => shutdown.isShuttingDown()));
  const works = config.role !== 'api';
  // Also where no clients connect: what happens there is told to those elsewhere.
  const realtime = createSockets(infrastructure, domains, http);
  domains.auth.onSessionsEnded(realtime.endSessions);
  domains.notifications.work.onTold(realtime.tellUser);
  watchServer(infrastructure, domains, realtime);

  const consumers = createConsumers(infrastructure, domains, realtime);
  const beats =
    config.database.replicaAddresses.length > 0
      ? [{ name: 'replica beat', everyMs: BEAT_EVERY_MS, act: () => beat(database.system) }]
      : [];
  const sweeps = (works ? [...sweepsOf(config, domains), ...beats] : []).map((sweep) =>
    repeatedly({ ...sweep, logger, metrics }),
  );
  const housekeeping = works
    ? startHousekeeping(database, logger, [
        outboxChore(config.outboxKeepDays),
        ...choresOf(config.services.run),
      ])
    : undefined;

  const shutdown = createShutdown({
    logger,
    timeoutMs: config.shutdownTimeoutMs,
    steps: [
      { name: 'requests', run: () => http.drain(config.shutdownTimeoutMs / 2, config.shutdownLingerMs) },
      { name: 'housekeeping', run: () => housekeeping?.stop() },
      { name: 'deletion of tenants', run: domains.tenantDeletion.stop },
      { name: 'files of deleted clinics', run: domains.medicalNotes.folderRemovals.stop },
      { name: 'analytics', run: domains.analytics.stop },
      { name: 'relay', run: relay.stop },
      { name: 'sweeps', run: () => Promise.all(sweeps.map(({ stop }) => stop())) },
      { name: 'webhooks', run: domains.webhooks.stop },
      ...consumers.map(({ name, stop }) => ({ name: `consumer ${name}`, run: stop })),
      { name: 'sending', run: domains.notifications.work.stop },
      { name: 'sockets', run: realtime.close },
      {
        name: 'stream',
        run: () => {
          for (const consumer of consumers) consumer.disconnect();
        },
      },
      { name: 'connections', run: infrastructure.close },
      { name: 'traces', run: tracing.stop },
    ],
  });

  const startWork = async () => {
    await Promise.all([connectedSoon(redis), ...consumers.map((consumer) => consumer.connected())]);
    if (shutdown.isShuttingDown()) return;
    relay.start();
    for (const consumer of consumers) consumer.start();
    if (works && domains.runs('notifications')) await domains.notifications.work.start();
  };

  try {
    await checkDatabase(infrastructure);
    http.server.listen(config.port);
    await once(http.server, 'listening');
  } catch (error) {
    await shutdown.begin('It cannot start');
    throw error;
  }
  void startWork();
  const { port } = http.server.address() as AddressInfo;
  logger.info({ port, environment: config.environment }, 'Serving');
  return { port, shutdown };
};

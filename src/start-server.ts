import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpServer } from './api/create-server.ts';
import { chores, createApp, createDomains, type Domains } from './app.ts';
import { appointmentsPort } from './domains/appointments/index.ts';
import { doctorsPort } from './domains/doctors/index.ts';
import { startHousekeeping } from './database/housekeeping.ts';
import { createStreamConsumer } from './events/stream-consumer.ts';
import { createInfrastructure, type Infrastructure } from './infrastructure.ts';
import type { Config } from './shared/config/config.ts';
import { newId } from './shared/types/id.ts';
import type { Clock } from './shared/utils/clock.ts';
import { AppError, commonProblems } from './shared/utils/errors.ts';
import type { Logger } from './shared/utils/logger.ts';
import { connectedSoon, createRedis } from './shared/utils/redis.ts';
import { createShutdown, type Shutdown } from './shared/utils/shutdown.ts';
import { createRealtime } from './websocket/realtime.ts';

export type RunningServer = { readonly port: number; readonly shutdown: Shutdown };

const createSockets = (
  infrastructure: Infrastructure,
  domains: Domains,
  httpServer: ReturnType<typeof createHttpServer>,
) => {
  const { config, database, redis, clock, logger } = infrastructure;
  return createRealtime({
    httpServer: httpServer.server,
    redis,
    clock,
    logger,
    allowedOrigins: config.allowedOrigins,
    keyPrefix: `${config.streamPrefix}:realtime`,
    authenticate: async (token, client) => {
      const identity = await domains.auth.authenticate(token);
      const tenant = await domains.tenants.findById(identity.tenantId);
      if (tenant?.status !== 'active') throw new AppError(commonProblems.tenant_suspended);
      return { ...identity, ...client, requestId: newId() };
    },
    isSessionLive: domains.auth.isSessionLive,
    doctorExists: (ctx, doctorId) => doctorsPort.exists(database.read(ctx.tenantId), doctorId),
    appointmentAudience: (ctx, appointmentId) =>
      appointmentsPort.audience(database.read(ctx.tenantId), ctx, appointmentId),
  });
};

/**
 * Starts everything that a process runs: HTTP, sockets, relay and consumer. Resolves when it accepts requests; rejects
 * when the port is taken. Redis need not be there, and MySQL may come later.
 */
export const startServer = async (config: Config, logger: Logger, clock?: Clock): Promise<RunningServer> => {
  const infrastructure = createInfrastructure(config, logger, clock);
  const { database, redis, relay } = infrastructure;
  const domains = createDomains(infrastructure);
  const http = createHttpServer(createApp(infrastructure, domains, () => shutdown.isShuttingDown()));
  const realtime = createSockets(infrastructure, domains, http);
  domains.auth.onSessionsEnded(realtime.endSessions);

  const streamReader = createRedis(config.redis, logger, { blocking: true });
  const consumer = createStreamConsumer({
    name: 'websocket',
    database,
    redis: streamReader,
    redisCommands: redis,
    streamPrefix: config.streamPrefix,
    logger,
    handle: (_tx, event) => realtime.deliver(event),
  });
  const housekeeping = startHousekeeping(database, logger, chores);

  const shutdown = createShutdown({
    logger,
    timeoutMs: config.shutdownTimeoutMs,
    steps: [
      { name: 'requests', run: () => http.drain(config.shutdownTimeoutMs / 2) },
      { name: 'housekeeping', run: housekeeping.stop },
      { name: 'relay', run: relay.stop },
      { name: 'consumer', run: consumer.stop },
      { name: 'sockets', run: realtime.close },
      {
        name: 'stream',
        run: () => {
          streamReader.disconnect();
        },
      },
      { name: 'connections', run: infrastructure.close },
    ],
  });

  const startWork = async () => {
    await Promise.all([connectedSoon(redis), connectedSoon(streamReader)]);
    if (shutdown.isShuttingDown()) return;
    relay.start();
    consumer.start();
  };

  try {
    http.server.listen(config.port);
    await once(http.server, 'listening');
  } catch (error) {
    await shutdown.begin('The port cannot be had');
    throw error;
  }
  void startWork();
  const { port } = http.server.address() as AddressInfo;
  logger.info({ port, environment: config.environment }, 'Serving');
  return { port, shutdown };
};

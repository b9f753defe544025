import { createAuditTrail } from './database/audit.ts';
import { createDatabase } from './database/db.ts';
import { createAnswerSeal } from './database/idempotency.ts';
import { createKeyring } from './database/keyring.ts';
import { createOutbox } from './database/outbox.ts';
import { createPool } from './database/pool.ts';
import { behindAtMostMs, createCopies } from './database/replicas.ts';
import { traceStatements } from './database/trace-statements.ts';
import { createDatabaseWatch } from './database/watch.ts';
import { countEvents } from './events/count-events.ts';
import { createEventBus } from './events/create-event-bus.ts';
import { createHandover } from './events/handover.ts';
import { createRelay } from './events/relay.ts';
import type { Config } from './shared/config/config.ts';
import { createMailFolder } from './shared/mail/mail-folder.ts';
import { createMailer } from './shared/mail/mailer.ts';
import { askCoreOf, createAsking } from './composition/asking.ts';
import { createMetrics } from './shared/metrics/metrics.ts';
import { createBroadcast } from './shared/utils/broadcast.ts';
import { createFileStore } from './shared/files/create-file-store.ts';
import { type Clock, systemClock } from './shared/utils/clock.ts';
import { createLogControl } from './shared/utils/log-control.ts';
import type { Logger } from './shared/utils/logger.ts';
import { createRedis } from './shared/utils/redis.ts';
import { createWriteMarks, noWriteMarks } from './shared/utils/write-marks.ts';
import { traceCommands } from './shared/tracing/redis-commands.ts';
import { type Tracing, untraced } from './shared/tracing/tracing.ts';

export type Infrastructure = ReturnType<typeof createInfrastructure>;

/** Everything below the domains. Connects when it is first used; `clock` is the seam for tests. */
export const createInfrastructure = (
  config: Config,
  logger: Logger,
  clock: Clock = systemClock,
  tracing: Tracing = untraced,
) => {
  const metrics = createMetrics();
  const redis = createRedis(config.redis, logger);
  traceCommands(redis, tracing);
  const broadcast = createBroadcast(redis, config.streamPrefix);
  const logControl = createLogControl({ logger, redis, broadcast, clock, keyPrefix: config.streamPrefix });
  const watch = createDatabaseWatch({ metrics, logger, logControl, config: config.database });
  const watched = traceStatements(watch, tracing);
  const pool = createPool(config.database, watched);
  const hasReplicas = config.database.replicaAddresses.length > 0;
  const writeMarks = hasReplicas
    ? createWriteMarks(redis, behindAtMostMs(config.database.replicaMaxLagMs))
    : noWriteMarks;
  const copies = hasReplicas
    ? createCopies({ config: config.database, marks: writeMarks, watch: watched, logger })
    : undefined;
  const database = createDatabase(pool, createAnswerSeal(config.jwt.refreshSecret), copies);
  const bus = createEventBus(config, redis, logger);
  const asking = createAsking(config.services, clock, tracing);
  const askedCore = askCoreOf(config.services, asking.askingOf);
  const relay = askedCore
    ? createHandover({
        database,
        clock,
        logger,
        acceptEvents: (events) => askedCore.acceptEvents({ events: [...events] }),
        acceptAuditRows: (rows) => askedCore.acceptAuditRows({ rows: [...rows] }),
      })
    : createRelay({ database, bus, clock, logger, tracing });
  const { smtpUrl, folder } = config.mail;
  const mailFolder =
    smtpUrl === undefined && folder !== undefined ? createMailFolder(folder, clock) : undefined;
  const mailer = createMailer(config, mailFolder);
  return {
    config,
    logger,
    clock,
    metrics,
    tracing,
    logControl,
    database,
    redis,
    writeMarks,
    broadcast,
    bus,
    relay,
    ...asking,
    /** The core, where another process runs it. */
    askedCore,
    mailer,
    mailFolder,
    outbox: createOutbox(clock, relay.nudge, { count: countEvents(metrics), tracing }),
    audit: createAuditTrail(clock, config.masterKeys, askedCore && relay.nudge),
    files: createFileStore(config),
    keyring: createKeyring(config.masterKeys, clock, metrics.cache('data_keys')),
    close: async () => {
      logControl.close();
      broadcast.close();
      writeMarks.close();
      await bus.close();
      redis.disconnect();
      await database.close();
    },
  };
};

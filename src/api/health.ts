import { availableParallelism, loadavg } from 'node:os';
import { type Response, Router } from 'express';

type HealthDeps = {
  /** Resolves when the part answers; any rejection means that it is down. */
  readonly pingDatabase: () => Promise<unknown>;
  readonly pingRedis: () => Promise<unknown>;
  /** Only where NATS carries the events. */
  readonly pingNats?: (() => Promise<unknown>) | undefined;
  readonly isShuttingDown: () => boolean;
  readonly version: string;
  /** How long a part may take to answer. */
  readonly timeoutMs?: number;
};
type Check = { readonly status: 'up' | 'down'; readonly latencyMs: number };

const answersInTime = async (ping: () => Promise<unknown>, timeoutMs: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  try {
    return await Promise.race([ping().then(() => true), tooLate]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
};

const timed = async (ping: () => Promise<unknown>, timeoutMs: number): Promise<Check> => {
  const startedAt = performance.now();
  const isUp = await answersInTime(ping, timeoutMs);
  return { status: isUp ? 'up' : 'down', latencyMs: Math.round((performance.now() - startedAt) * 10) / 10 };
};

/** Whoever asks while a ping is under way gets the answer to that one: a crowd of callers costs one connection. */
const checkOf = (ping: () => Promise<unknown>, timeoutMs: number): (() => Promise<Check>) => {
  let unanswered: Promise<unknown> | undefined;
  const pingOnce = () =>
    (unanswered ??= Promise.resolve()
      .then(ping)
      .finally(() => {
        unanswered = undefined;
      }));
  return () => timed(pingOnce, timeoutMs);
};

const resources = () => {
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    memory: { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal },
    cpu: {
      cores: availableParallelism(),
      loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
      usedSeconds: Math.round((user + system) / 10_000) / 100,
    },
  };
};

const send = (res: Response, isWell: boolean, answer: object): void => {
  res.status(isWell ? 200 : 503).json(answer);
};

/**
 * `/health` for people and monitors: 503 when the database is down, 200 but `degraded` when only Redis or NATS is.
 * `/health/live`: the process runs. `/health/ready`: send requests here; not while it shuts down or without a database.
 */
export const healthRouter = ({
  isShuttingDown,
  version,
  timeoutMs = 1_000,
  ...pings
}: HealthDeps): Router => {
  const checkDatabase = checkOf(pings.pingDatabase, timeoutMs);
  const checkRedis = checkOf(pings.pingRedis, timeoutMs);
  const checkNats = pings.pingNats && checkOf(pings.pingNats, timeoutMs);
  const router = Router();
  router.get('/health', async (_req, res) => {
    const [database, redis, nats] = await Promise.all([checkDatabase(), checkRedis(), checkNats?.()]);
    const isWhole = redis.status === 'up' && nats?.status !== 'down';
    const withDatabase = isWhole ? 'ok' : 'degraded';
    send(res, database.status === 'up', {
      status: database.status === 'up' ? withDatabase : 'unavailable',
      uptimeSeconds: Math.round(process.uptime()),
      checks: { database, redis, ...(nats && { nats }) },
      ...resources(),
      version,
    });
  });
  router.get('/health/live', (_req, res) => {
    send(res, true, { status: 'ok' });
  });
  router.get('/health/ready', async (_req, res) => {
    const isReady = !isShuttingDown() && (await checkDatabase()).status === 'up';
    send(res, isReady, { status: isReady ? 'ok' : 'unavailable' });
  });
  return router;
};

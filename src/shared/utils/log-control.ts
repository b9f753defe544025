import { z } from 'zod';
import { Id } from '../types/id.ts';
import type { Broadcast, Channel } from './broadcast.ts';
import type { Clock } from './clock.ts';
import { AppError, commonProblems } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Redis } from './redis.ts';

export const LogLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);
export type LogLevel = z.output<typeof LogLevel>;

/** What is logged for a while, in place of what the configuration says. */
const LogChange = z.object({
  /** For everybody; null: as configured. */
  level: LogLevel.nullable(),
  /** Of these everything is logged, whatever the level. */
  tenantIds: z.array(Id),
  until: z.iso.datetime(),
});
export type LogChange = z.output<typeof LogChange>;

export type LogControl = {
  readonly configuredLevel: LogLevel;
  /** The change that holds now, if there is one. */
  current(): LogChange | undefined;
  /** Changes it in every process, also in those that start later; 503 `unavailable` while these cannot be told. */
  change(change: LogChange | undefined): Promise<void>;
  /** The logger for what concerns a tenant. */
  of(tenantId: string | undefined): Logger;
  /** The logger of a tenant of which everything is wanted; of the others, nothing. */
  talkative(tenantId: string): Logger | undefined;
  close(): void;
};

const changes: Channel<{ change: LogChange | null }> = {
  name: 'logging:changed',
  message: z.object({ change: LogChange.nullable() }),
};
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Deps = {
  readonly logger: Logger;
  readonly redis: Redis;
  readonly broadcast: Broadcast;
  readonly clock: Clock;
  readonly keyPrefix: string;
};

const parse = (text: string | null): LogChange | undefined => {
  try {
    return LogChange.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
};

/**
 * Makes logging louder or quieter while everything runs. The change is kept in Redis, where it ends by itself; a process that
 * comes back to Redis looks what holds.
 */
export const createLogControl = ({ logger, redis, broadcast, clock, keyPrefix }: Deps): LogControl => {
  const key = `${keyPrefix}:logging`;
  const configuredLevel = LogLevel.parse(logger.level);
  const everything = logger.child({}, { level: 'debug' });
  let held: LogChange | undefined;
  let tenants: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;

  const remainingMs = ({ until }: LogChange) => new Date(until).getTime() - clock.now().getTime();

  const hold = (change: LogChange | undefined) => {
    clearTimeout(timer);
    held = change && remainingMs(change) > 0 ? change : undefined;
    logger.level = held?.level ?? configuredLevel;
    tenants = new Set(held?.tenantIds);
    if (held) {
      const wait = Math.min(remainingMs(held), LONGEST_TIMER_MS);
      timer = setTimeout(hold, wait, undefined).unref();
    }
  };

  broadcast.listen(changes, ({ change }) => {
    hold(change ?? undefined);
  });
  const look = () => {
    void redis.get(key).then(
      (text) => {
        hold(parse(text));
      },
      () => undefined,
    );
  };
  redis.on('ready', look);

  return {
    configuredLevel,
    current: () => held,
    change: async (change) => {
      if (redis.status !== 'ready') throw new AppError(commonProblems.unavailable);
      if (change) await redis.set(key, JSON.stringify(change), 'PX', Math.max(1, remainingMs(change)));
      else await redis.del(key);
      hold(change);
      await broadcast.send(changes, { change: change ?? null });
    },
    of: (tenantId) => (tenantId !== undefined && tenants.has(tenantId) ? everything : logger),
    talkative: (tenantId) => (tenants.has(tenantId) ? everything : undefined),
    close: () => {
      clearTimeout(timer);
      redis.off('ready', look);
    },
  };
};

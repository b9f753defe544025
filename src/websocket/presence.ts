import type { Ctx } from '../shared/types/context.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { Redis } from '../shared/utils/redis.ts';
import { repeatedly } from '../shared/utils/repeatedly.ts';

/** Who is told that a doctor is there, or is not any more. */
export type DoctorPresence = {
  came(tenantId: string, doctorId: string): Promise<void>;
  left(tenantId: string, doctorId: string): Promise<void>;
};

export type PresenceDeps = {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the key in Redis, which all processes share. */
  readonly prefix: string;
  readonly presence: DoctorPresence;
  readonly everyMs: number;
  /** As long as a client may be away and miss nothing. */
  readonly absentAfterMs: number;
  /** The callers who are connected to this process. */
  readonly connected: () => readonly Ctx[];
};

const AT_ONCE = 100;
const nameOf = ({ tenantId, doctorId }: Ctx): string => `${tenantId}:${doctorId ?? ''}`;

/**
 * Knows which doctors are connected, to whichever process: each process says so of its own again and again, so that one that is killed
 * leaves nobody behind. Redis may forget it: nobody is said to have left then, until they were seen again.
 */
export const createPresence = (deps: PresenceDeps) => {
  const { redis, clock, logger, prefix, presence, everyMs, absentAfterMs, connected } = deps;
  const key = `${prefix}:present`;
  const now = () => clock.now().getTime();

  const keepSeen = async () => {
    const names = new Set(connected().flatMap((ctx) => (ctx.doctorId === undefined ? [] : [nameOf(ctx)])));
    if (names.size > 0) await redis.zadd(key, ...[...names].flatMap((name) => [now(), name]));
  };

  /** Whoever takes a name off the list says so, and nobody else. */
  const sayWhoLeft = async () => {
    const gone = await redis.zrangebyscore(key, '-inf', now() - absentAfterMs, 'LIMIT', 0, AT_ONCE);
    for (const name of gone) {
      const [tenantId = '', doctorId = ''] = name.split(':');
      if ((await redis.zrem(key, name)) === 1) await presence.left(tenantId, doctorId);
    }
  };

  const round = repeatedly({
    name: 'presence',
    everyMs,
    logger,
    act: async () => {
      if (redis.status !== 'ready') return;
      await keepSeen();
      await sayWhoLeft();
    },
  });

  return {
    /** A connection of the caller began or ended: until now, they were there. */
    seen: async (ctx: Ctx): Promise<void> => {
      if (ctx.doctorId === undefined || redis.status !== 'ready') return;
      const isNew = (await redis.zadd(key, now(), nameOf(ctx))) === 1;
      if (isNew) await presence.came(ctx.tenantId, ctx.doctorId);
    },
    stop: round.stop,
  };
};

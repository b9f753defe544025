import { type Redis, unlessAway } from '../utils/redis.ts';

/** How often one subject has done something in one window, as far as this process knows. */
export type Count = {
  /** In Redis. */
  readonly key: string;
  readonly keptMs: number;
  /** By this process, and by the others when it last heard of them. */
  used: number;
  /** Of these, what the others have not been told. */
  unsettled: number;
  settling: Promise<void> | undefined;
};

export type Settlement = {
  /** Within a moment, and nobody waits for it. */
  later(count: Count): void;
  /** Resolves when the count knows of the others, or at once when Redis is away or slow. */
  now(count: Count): Promise<void>;
};

const SETTLED_WITHIN_MS = 100;
const WAITS_AT_MOST_MS = 50;

/** The key goes by itself some time after its window: whoever counts first says when. */
const ADD = `
local total = redis.call('INCRBY', KEYS[1], ARGV[1])
if total == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return total`;

/** Tells Redis what this process has counted, and hears what all have. While Redis is away each process counts for itself. */
export const createSettlement = (redis: Redis): Settlement => {
  const waiting = new Set<Count>();
  let timer: NodeJS.Timeout | undefined;
  let isSlow = false;

  const add = async (count: Count) => {
    while (count.unsettled > 0) {
      const { unsettled } = count;
      const total = await unlessAway(redis, (ready) =>
        ready.eval(ADD, 1, count.key, unsettled, count.keptMs),
      );
      if (typeof total !== 'number') return;
      isSlow = false;
      count.unsettled -= unsettled;
      // A Redis that was emptied knows less than this process.
      count.used = Math.max(count.used, total + count.unsettled);
    }
  };

  const settle = (count: Count): Promise<void> =>
    (count.settling ??= add(count).finally(() => {
      count.settling = undefined;
    }));

  const settleAll = () => {
    timer = undefined;
    for (const count of waiting) void settle(count);
    waiting.clear();
  };

  return {
    later: (count) => {
      waiting.add(count);
      timer ??= setTimeout(settleAll, SETTLED_WITHIN_MS).unref();
    },
    now: async (count) => {
      const settled = settle(count);
      if (isSlow) return;
      let patience: NodeJS.Timeout | undefined;
      const tooLate = new Promise<void>((resolve) => {
        patience = setTimeout(() => {
          isSlow = true;
          resolve();
        }, WAITS_AT_MOST_MS);
      });
      await Promise.race([settled, tooLate]);
      clearTimeout(patience);
    },
  };
};

import { lastUsed } from './last-used.ts';
import { type Redis, tenantKey, unlessAway } from './redis.ts';

/** Who reads and writes: a session or an API key. */
export type Reader = { readonly tenantId: string; readonly sessionId: string };

/** Knows who has written lately, so that nobody is shown an older state than their own. */
export type WriteMarks = {
  /** Resolves when every process knows of it; before that the writer is told nothing. */
  wrote(reader: Reader): Promise<void>;
  /** Whether the reader has written nothing lately, as far as is certain. */
  mayReadOld(reader: Reader): Promise<boolean>;
  close(): void;
};

const MOST_WRITERS = 50_000;

/** For where there is only one place to read. */
export const noWriteMarks: WriteMarks = {
  wrote: () => Promise.resolve(),
  mayReadOld: () => Promise.resolve(false),
  close: () => undefined,
};

/**
 * Marks hold for `forMs`, in this process and in Redis. While Redis is away, and for as long after it came back as marks would
 * hold that it may have lost, it counts as uncertain who has written.
 */
export const createWriteMarks = (redis: Redis, forMs: number): WriteMarks => {
  const own = lastUsed<true>(MOST_WRITERS, { ttl: forMs });
  const keyOf = ({ tenantId, sessionId }: Reader) => tenantKey(tenantId, 'wrote', sessionId);
  let certainFrom = performance.now() + forMs;
  const doubt = () => {
    certainFrom = performance.now() + forMs;
  };
  // `+node`: in a cluster, one that takes over may not have what the one before it had.
  for (const event of ['ready', '+node']) redis.on(event, doubt);

  return {
    wrote: async (reader) => {
      const key = keyOf(reader);
      own.set(key, true);
      const marked = await unlessAway(redis, (ready) => ready.set(key, '1', 'PX', forMs));
      if (marked === undefined) doubt();
    },
    mayReadOld: async (reader) => {
      const key = keyOf(reader);
      if (own.has(key) || performance.now() < certainFrom) return false;
      const marks = await unlessAway(redis, (ready) => ready.exists(key));
      return marks === 0;
    },
    close: () => {
      for (const event of ['ready', '+node']) redis.off(event, doubt);
    },
  };
};

import type { CacheCounts } from '../metrics/metrics.ts';
import type { Clock } from './clock.ts';
import { lastUsed } from './last-used.ts';

type Options<Value> = {
  readonly clock: Clock;
  /** How long an answer is given again without asking. */
  readonly forMs: number;
  readonly max: number;
  /** Whether an answer may be remembered; without it, every one. */
  readonly keeps?: (value: Value) => boolean;
  /** Is told what was remembered and what was not. */
  readonly counts?: CacheCounts;
};

/** Remembers answers, also negative ones, for a moment. Callers that ask at once share one question. */
export type ShortMemory<Value> = {
  get(key: string, ask: () => Promise<Value>): Promise<Value>;
  /** Whoever asks after this gets a new answer, also while an old one is on its way. */
  forget(key: string): void;
};

/** An answer that fails is not remembered. */
export const createShortMemory = <Value>({
  clock,
  forMs,
  max,
  keeps = () => true,
  counts = { hits: 0, misses: 0 },
}: Options<Value>): ShortMemory<Value> => {
  type Entry = { readonly answer: Promise<Value>; readonly askedAt: number };
  const entries = lastUsed<Entry>(max);

  const ask = (key: string, question: () => Promise<Value>): Promise<Value> => {
    const entry: Entry = { answer: question(), askedAt: clock.now().getTime() };
    const drop = () => {
      if (entries.peek(key) === entry) entries.delete(key);
    };
    entries.set(key, entry);
    entry.answer.then((value) => {
      if (!keeps(value)) drop();
    }, drop);
    return entry.answer;
  };

  return {
    get: (key, question) => {
      const entry = entries.get(key);
      const isFresh = entry !== undefined && clock.now().getTime() - entry.askedAt < forMs;
      counts[isFresh ? 'hits' : 'misses'] += 1;
      return isFresh ? entry.answer : ask(key, question);
    },
    forget: (key) => {
      entries.delete(key);
    },
  };
};

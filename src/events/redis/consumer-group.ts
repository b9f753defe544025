import type { Redis } from '../../shared/utils/redis.ts';
import type { GivenEvent } from '../event-bus.ts';
import { fromFields } from '../stored-event.ts';

type Entry = [entryId: string, fields: string[] | null];
type ReadReply = [stream: string, entries: Entry[]][] | null;
type ClaimReply = [cursor: string, entries: (Entry | null)[], deletedIds?: string[]];
type ConsumerReply = [string, string, string, number, string, number, ...unknown[]][];

export type GroupMember = {
  readonly stream: string;
  readonly group: string;
  /** Unique to the process: two that share a name would answer for each other's events. */
  readonly consumer: string;
  /** Blocks; no other command may wait behind it. */
  readonly redis: Redis;
  readonly commands: Redis;
  readonly batchSize: number;
  readonly blockMs: number;
};

const NO_ANSWER_GRACE_MS = 10_000;
const FROM_START = '0';

const toEvents = (entries: readonly (Entry | null)[]): GivenEvent[] =>
  entries.flatMap((entry) => (entry?.[1] ? [{ ...fromFields(entry[1]), receipt: entry[0] }] : []));

const toReadEvents = (reply: unknown): GivenEvent[] =>
  ((reply as ReadReply) ?? []).flatMap(([, entries]) => toEvents(entries));

/** The group, or the whole stream, is gone: Redis was emptied. */
export const isGroupLost = (error: unknown): boolean =>
  error instanceof Error && /^(NOGROUP|UNBLOCKED)/.test(error.message);

/** Makes the group where there is none. It begins with all that the stream holds, so that it misses nothing. */
export const ensureGroup = async ({ commands, stream, group }: GroupMember): Promise<void> => {
  await commands.xgroup('CREATE', stream, group, FROM_START, 'MKSTREAM').catch((error: unknown) => {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  });
};

/** Events that nobody of the group has been given; waits up to `blockMs` for the first. */
export const readNew = async (member: GroupMember): Promise<GivenEvent[]> => {
  const { redis, stream, group, consumer, batchSize, blockMs } = member;
  // A connection whose other end is gone without a word would block for ever. One that is closed for good while it is away
  // never answers either; the watch over it must not keep the process up.
  const deadline = setTimeout(() => {
    if (redis.status === 'ready') redis.disconnect(true);
  }, blockMs + NO_ANSWER_GRACE_MS).unref();
  try {
    const from = [stream, '>'] as const;
    return toReadEvents(
      await redis.xreadgroup(
        'GROUP',
        group,
        consumer,
        'COUNT',
        batchSize,
        'BLOCK',
        blockMs,
        'STREAMS',
        ...from,
      ),
    );
  } finally {
    clearTimeout(deadline);
  }
};

/** Events that this consumer was given and has not acknowledged. */
export const readOwnPending = async (member: GroupMember): Promise<GivenEvent[]> => {
  const { commands, stream, group, consumer, batchSize } = member;
  return toReadEvents(
    await commands.xreadgroup('GROUP', group, consumer, 'COUNT', batchSize, 'STREAMS', stream, FROM_START),
  );
};

/** Takes over events that have been pending for `idleMs`, at whichever consumer, `cursor` after `cursor`. */
export const claimIdle = async (member: GroupMember, idleMs: number, cursor: string) => {
  const { commands, stream, group, consumer, batchSize } = member;
  const reply = await commands.xautoclaim(stream, group, consumer, idleMs, cursor, 'COUNT', batchSize);
  const [nextCursor, entries, trimmedIds = []] = reply as ClaimReply;
  return { events: toEvents(entries), trimmedIds, nextCursor };
};

/** Says that events are done with. */
export const acknowledge = async (
  { commands, stream, group }: GroupMember,
  events: readonly GivenEvent[],
): Promise<void> => {
  if (events.length > 0) await commands.xack(stream, group, ...events.map(({ receipt }) => receipt));
};

/** Deletes the names of consumers that hold nothing and have not been heard of for `deadAfterMs`. */
export const forgetDead = async (member: GroupMember, deadAfterMs: number): Promise<void> => {
  const { commands, stream, group, consumer: self } = member;
  const consumers = (await commands.xinfo('CONSUMERS', stream, group)) as ConsumerReply;
  for (const [, name, , pending, , idleMs] of consumers) {
    if (name === self || pending > 0 || idleMs < deadAfterMs) continue;
    await commands.xgroup('DELCONSUMER', stream, group, name);
  }
};

/** Deletes this consumer's own name, unless it still holds events, which others will take over. */
export const leaveGroup = async ({ commands, stream, group, consumer }: GroupMember): Promise<void> => {
  const held = await commands.xpending(stream, group, '-', '+', 1, consumer);
  if (held.length === 0) await commands.xgroup('DELCONSUMER', stream, group, consumer);
};

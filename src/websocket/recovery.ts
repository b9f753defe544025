import { z } from 'zod';
import type { Redis } from '../shared/utils/redis.ts';
import { messageNames, type Message, type MessageName } from './message-catalogue.ts';

/** A connection that dropped, kept for as long as its client may resume it. */
export type DroppedConnection = {
  /** Secret, and known to its client only. */
  readonly pid: string;
  readonly sid: string;
  readonly rooms: readonly string[];
};
const DroppedConnection = z.object({ pid: z.string(), sid: z.string(), rooms: z.array(z.string()) });

export type MissedMessage = {
  readonly name: MessageName;
  readonly message: Message;
  readonly offset: string;
};

/** What the adapter writes for each broadcast (its message type 3), as far as it is needed here. */
const BROADCAST = '3';
const Broadcast = z.object({
  packet: z.object({ data: z.tuple([z.enum(messageNames), z.custom<Message>()]) }),
  opts: z.object({
    rooms: z.array(z.string()),
    except: z.array(z.string()),
    flags: z.object({ volatile: z.boolean().optional() }).optional(),
  }),
});

const OFFSET = /^\d+-\d+$/;
const ENTRIES_PER_READ = 500;

const readEntry = ([offset, fields]: [string, string[]]): (MissedMessage & { rooms: string[] })[] => {
  const value = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
  if (value('nsp') !== '/' || value('type') !== BROADCAST) return [];
  const broadcast = Broadcast.safeParse(JSON.parse(value('data')));
  if (!broadcast.success || broadcast.data.opts.flags?.volatile) return [];
  const { packet, opts } = broadcast.data;
  const [name, message] = packet.data;
  return [{ name, message, offset, rooms: opts.rooms }];
};

/** Keeps dropped connections in Redis and reads what they missed from the adapter's stream. */
export const createRecovery = (redis: Redis, stream: string, keptMs: number) => {
  const keyOf = (pid: string) => `${stream}:dropped:${pid}`;
  return {
    keep: async ({ pid, sid, rooms }: DroppedConnection): Promise<void> => {
      await redis.set(keyOf(pid), JSON.stringify({ pid, sid, rooms }), 'PX', keptMs);
    },

    /** Gives a connection back, once; `undefined` if it is unknown or `offset` is no longer in the stream. */
    take: async (pid: string, offset: string): Promise<DroppedConnection | undefined> => {
      if (!OFFSET.test(offset)) return undefined;
      const [kept, entries] = await Promise.all([
        redis.getdel(keyOf(pid)),
        redis.xrange(stream, offset, offset),
      ]);
      return kept === null || entries.length === 0 ? undefined : DroppedConnection.parse(JSON.parse(kept));
    },

    /** Messages to any of `rooms` after `offset`, oldest first. */
    listMissed: async (offset: string, rooms: ReadonlySet<string>): Promise<MissedMessage[]> => {
      const missed: MissedMessage[] = [];
      for (let after = offset; ;) {
        const entries = await redis.xrange(stream, `(${after}`, '+', 'COUNT', ENTRIES_PER_READ);
        const read = entries.flatMap(readEntry);
        missed.push(...read.filter((message) => message.rooms.some((name) => rooms.has(name))));
        const last = entries.at(-1);
        if (!last || entries.length < ENTRIES_PER_READ) return missed;
        after = last[0];
      }
    },

    /** The end of the stream. An empty one gets an entry that the adapter passes over, since only an entry can be resumed from. */
    end: async (): Promise<string> => {
      const [last] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
      return last?.[0] ?? (await redis.xadd(stream, '*', 'begin', '1')) ?? '0-0';
    },
  };
};
export type Recovery = ReturnType<typeof createRecovery>;

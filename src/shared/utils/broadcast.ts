import type { z } from 'zod';
import { duplicateOf, type Redis, unlessAway } from './redis.ts';

/** A kind of message: where it is sent, and what it says. */
export type Channel<Message> = { readonly name: string; readonly message: z.ZodType<Message> };

/**
 * Tells every process that shares Redis, this one included, at once and at most once. Nothing may depend on it alone:
 * while Redis is away nobody hears anything.
 */
export type Broadcast = {
  /** Resolves when Redis has passed the message on, or is found to be away. */
  send<Message>(channel: Channel<Message>, message: Message): Promise<void>;
  listen<Message>(channel: Channel<Message>, hear: (message: Message) => void): void;
  close(): void;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Speaks over `redis`, and listens on a connection of its own, since one that listens can do nothing else. Only those with
 * the same `prefix` hear each other.
 */
export const createBroadcast = (redis: Redis, prefix: string): Broadcast => {
  const topicOf = ({ name }: { readonly name: string }) => `${prefix}:${name}`;
  const ears = new Map<string, ((text: string) => void)[]>();
  const subscriber = duplicateOf(redis, { autoResubscribe: false });
  const subscribe = (...names: string[]) => {
    if (names.length > 0) void unlessAway(subscriber, (ready) => ready.subscribe(...names));
  };
  subscriber.on('error', () => undefined); // The connection that speaks reports that Redis is away.
  subscriber.on('ready', () => {
    subscribe(...ears.keys());
  });
  subscriber.on('message', (name: string, text: string) => {
    for (const hear of ears.get(name) ?? []) hear(text);
  });
  return {
    send: async (channel, message) => {
      await unlessAway(redis, (ready) => ready.publish(topicOf(channel), JSON.stringify(message)));
    },
    listen: (channel, hear) => {
      const hearText = (text: string) => {
        const { data } = channel.message.safeParse(parseJson(text));
        if (data !== undefined) hear(data);
      };
      const topic = topicOf(channel);
      ears.set(topic, [...(ears.get(topic) ?? []), hearText]);
      subscribe(topic);
    },
    close: () => {
      subscriber.disconnect();
    },
  };
};

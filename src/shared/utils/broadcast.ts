import { type Redis, unlessAway } from './redis.ts';

/**
 * Tells every process that shares Redis, this one included, at once and at most once. Nothing may depend on it alone:
 * while Redis is away nobody hears anything.
 */
export type Broadcast = {
  /** Resolves when Redis has passed the message on, or is found to be away. */
  send(channel: string, message: object): Promise<void>;
  listen(channel: string, hear: (message: unknown) => void): void;
  close(): void;
};

/** Speaks over `redis`, and listens on a connection of its own, since one that listens can do nothing else. */
export const createBroadcast = (redis: Redis): Broadcast => {
  const ears = new Map<string, ((message: unknown) => void)[]>();
  const subscriber = redis.duplicate({ autoResubscribe: false });
  const subscribe = (...channels: string[]) => {
    if (channels.length > 0) void unlessAway(subscriber, (ready) => ready.subscribe(...channels));
  };
  subscriber.on('error', () => undefined); // The connection that speaks reports that Redis is away.
  subscriber.on('ready', () => {
    subscribe(...ears.keys());
  });
  subscriber.on('message', (channel: string, message: string) => {
    for (const hear of ears.get(channel) ?? []) hear(JSON.parse(message));
  });
  return {
    send: async (channel, message) => {
      await unlessAway(redis, (ready) => ready.publish(channel, JSON.stringify(message)));
    },
    listen: (channel, hear) => {
      ears.set(channel, [...(ears.get(channel) ?? []), hear]);
      subscribe(channel);
    },
    close: () => {
      subscriber.disconnect();
    },
  };
};

import type { Logger } from '../../shared/utils/logger.ts';
import type { BusReader, GivenEvent, ReaderOptions } from '../event-bus.ts';
import type { Nats } from './connection.ts';
import { fromMessage } from './message.ts';
import type { NatsNames } from './names.ts';
import { createPlaces } from './places.ts';
import { pull } from './pull.ts';
import { ensureConsumer, ensureStream, type Keeping, placesSettings } from './streams.ts';

const DONE = '+ACK';
const GIVEN_BACK = '-NAK';
const NEVER_AGAIN = '+TERM';

export type NatsReaderDeps = ReaderOptions & {
  readonly consumer: string;
  readonly nats: Nats;
  readonly names: NatsNames;
  readonly keeping: Keeping;
  readonly logger: Logger;
};

/** One of those who pull from the durable consumer of a name. What is not acknowledged in time, the server gives to whoever pulls next. */
export const createNatsReader = (deps: NatsReaderDeps): BusReader => {
  const { consumer, nats, names, keeping, logger } = deps;
  const { batchSize = 100, blockMs = 1_000, idleMs = 30_000 } = deps;
  const ending = new AbortController();
  /** By receipt. */
  const inHand = new Map<string, GivenEvent>();

  const answer = (receipt: string, word: string) => {
    nats.live().connection.publish(receipt, word);
  };

  return {
    places: createPlaces(nats, names.places, consumer),
    connected: nats.connectedSoon,
    onConnected: nats.onConnected,
    begin: async () => {
      const { manager } = nats.live();
      // The stream itself is made by the relay, which knows what belongs into it.
      await ensureConsumer(manager, names.events.stream, { consumer, idleMs });
      await ensureStream(manager, placesSettings(names, keeping));
      return [...inHand.values()];
    },
    next: async () => {
      const { stream } = names.events;
      inHand.clear();
      const request = { stream, consumer, batchSize, waitMs: blockMs, signal: ending.signal };
      for (const message of await pull(nats.live(), request)) {
        try {
          const event = fromMessage(message);
          inHand.set(event.receipt, event);
        } catch (error) {
          logger.error(
            { err: error, consumer, subject: message.subject },
            'A message is no event; it is left out',
          );
          answer(message.reply ?? '', NEVER_AGAIN);
        }
      }
      return [...inHand.values()];
    },
    acknowledge: (events) => {
      for (const { receipt } of events) {
        answer(receipt, DONE);
        inHand.delete(receipt);
      }
      return Promise.resolve();
    },
    isForgotten: () => false,
    end: (running) => {
      ending.abort();
      return running;
    },
    leave: async () => {
      for (const receipt of inHand.keys()) answer(receipt, GIVEN_BACK);
      const { connection } = nats.live();
      await Promise.race([connection.flush(), connection.closed()]);
    },
    disconnect: () => undefined,
  };
};

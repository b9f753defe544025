import pLimit from 'p-limit';
import type { NatsSettings } from '../../shared/config/nats-settings.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { Backlog, EventBus } from '../event-bus.ts';
import { createAppend } from './append-events.ts';
import { createNats, type Live } from './connection.ts';
import { isStreamMissing } from './failures.ts';
import { readLast } from './last-message.ts';
import { natsNames } from './names.ts';
import { createNatsReader } from './nats-reader.ts';
import { ensureStream, eventsSettings } from './streams.ts';

const ASKED_AT_A_TIME = 64;

export type NatsBusDeps = {
  readonly settings: NatsSettings;
  /** What the streams at the server are called. */
  readonly prefix: string;
  readonly logger: Logger;
};

const readBacklog = async ({ manager }: Live, stream: string): Promise<Backlog> => {
  const lag: Record<string, number> = {};
  const pending: Record<string, number> = {};
  for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(stream)) {
    lag[name] = num_pending;
    pending[name] = num_ack_pending;
  }
  return { lag, pending };
};

/** Events in a stream of NATS JetStream, whose server knows the last event of each tenant by its subject. */
export const createNatsBus = ({ settings, prefix, logger }: NatsBusDeps): EventBus => {
  const nats = createNats(settings, logger);
  const names = natsNames(prefix);
  const { stream, of } = names.events;
  const limit = pLimit(ASKED_AT_A_TIME);
  const { append, forget } = createAppend(nats, names.events);
  nats.onConnected(forget);
  /** When the stream was made that we know to be whole. One that was made anew since then has lost what we gave to the one before. */
  let madeAt: string | undefined;

  return {
    server: 'NATS',
    isConnected: nats.isConnected,
    onConnected: nats.onConnected,
    ping: async () => nats.live().manager.getAccountInfo(),
    append,
    isWhole: async () => {
      try {
        return (await nats.live().manager.streams.info(stream)).created === madeAt;
      } catch (error) {
        if (isStreamMissing(error)) return false;
        throw error;
      }
    },
    lastSequences: async (tenantIds) => {
      const live = nats.live();
      const lastOf = async (tenantId: string) => {
        try {
          return (await readLast(live, stream, of(tenantId))).sequence;
        } catch (error) {
          if (isStreamMissing(error)) return 0;
          throw error;
        }
      };
      return Promise.all(tenantIds.map((tenantId) => limit(lastOf, tenantId)));
    },
    makeWhole: async () => {
      forget();
      madeAt = (await ensureStream(nats.live().manager, eventsSettings(names, settings))).created;
    },
    reader: (consumer, options) =>
      createNatsReader({ consumer, nats, names, keeping: settings, logger, ...options }),
    backlog: async () => readBacklog(nats.live(), stream),
    close: nats.close,
  };
};

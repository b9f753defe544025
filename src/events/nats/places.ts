import { lastUsed } from '../../shared/utils/last-used.ts';
import type { Places } from '../event-bus.ts';
import type { Nats } from './connection.ts';
import { isOvertaken } from './failures.ts';
import { type Last, readLast } from './last-message.ts';
import type { NatsNames } from './names.ts';

const TENANTS_REMEMBERED = 10_000;

/** In a stream that keeps one message for each consumer and tenant. */
export const createPlaces = (
  nats: Nats,
  { stream, of: subjectOf }: NatsNames['places'],
  consumer: string,
): Places => {
  const remembered = lastUsed<Last>(TENANTS_REMEMBERED);
  const read = async (tenantId: string): Promise<Last> => {
    const last = await readLast(nats.live(), stream, subjectOf(consumer, tenantId));
    remembered.set(tenantId, last);
    return last;
  };
  return {
    reached: async (tenantId, sequence) => (await read(tenantId)).sequence >= sequence,
    // What is remembered may be old, but never too high: nobody lowers it.
    raise: async (tenantId, sequence) => {
      let last = remembered.get(tenantId) ?? (await read(tenantId));
      while (last.sequence < sequence) {
        try {
          const { seq } = await nats
            .live()
            .stream.publish(subjectOf(consumer, tenantId), JSON.stringify({ sequence }), {
              expect: { streamName: stream, lastSubjectSequence: last.at },
            });
          last = { sequence, at: seq };
          remembered.set(tenantId, last);
        } catch (error) {
          if (!isOvertaken(error)) throw error;
          last = await read(tenantId);
        }
      }
    },
  };
};

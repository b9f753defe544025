import pLimit from 'p-limit';
import { lastUsed } from '../../shared/utils/last-used.ts';
import { byTenant } from '../by-tenant.ts';
import { type EventBus, StreamLost } from '../event-bus.ts';
import type { NumberedEvent } from '../stored-event.ts';
import type { Live, Nats } from './connection.ts';
import { isOvertaken, isStreamMissing, isUnheard } from './failures.ts';
import { type Last, readLast } from './last-message.ts';
import { toMessage } from './message.ts';
import type { NatsNames } from './names.ts';

const TENANTS_AT_A_TIME = 64;
const TENANTS_REMEMBERED = 10_000;

/**
 * What {@link EventBus.append} promises, by asking the server with each event to take it only behind the one that we know as the last of
 * its tenant. What is remembered of that may be old, so it only lets us try: before an event is left out, the server is asked.
 */
export const createAppend = (
  nats: Nats,
  { stream, of }: NatsNames['events'],
): { append: EventBus['append']; forget: () => void } => {
  const remembered = lastUsed<Last>(TENANTS_REMEMBERED);
  const limit = pLimit(TENANTS_AT_A_TIME);

  /** `undefined` when somebody else was faster. */
  const tryToAppend = async (live: Live, event: NumberedEvent, { at }: Last): Promise<Last | undefined> => {
    try {
      const { seq } = await live.stream.publish(of(event.tenantId), toMessage(event), {
        msgID: event.id,
        expect: { streamName: stream, lastSubjectSequence: at },
      });
      return { sequence: event.sequence, at: seq };
    } catch (error) {
      if (isOvertaken(error)) return undefined;
      throw error;
    }
  };

  /** Answers whether earlier events are missing. */
  const appendOfTenant = async (live: Live, events: readonly NumberedEvent[], force: boolean) => {
    const tenantId = events[0]?.tenantId ?? '';
    const ask = async () => ({ isSure: true, last: await readLast(live, stream, of(tenantId)) });
    const memory = remembered.get(tenantId);
    let { isSure, last } = memory ? { isSure: false, last: memory } : await ask();
    for (const event of events) {
      for (;;) {
        const isNext = force ? event.sequence > last.sequence : event.sequence === last.sequence + 1;
        const appended = isNext ? await tryToAppend(live, event, last) : undefined;
        if (appended) {
          last = appended;
          break;
        }
        if (!isNext && isSure && event.sequence <= last.sequence) break;
        if (!isNext && isSure) return true;
        ({ isSure, last } = await ask());
      }
    }
    remembered.set(tenantId, last);
    return false;
  };

  /** Nobody hears us: is the stream gone, or only its server? */
  const explain = async (live: Live, error: unknown): Promise<never> => {
    if (!isUnheard(error) && !isStreamMissing(error)) throw error;
    await live.manager.streams.info(stream).catch((cause: unknown) => {
      throw isStreamMissing(cause) ? new StreamLost() : cause;
    });
    throw error;
  };

  const append: EventBus['append'] = async (events, { force = false } = {}) => {
    const live = nats.live();
    const gaps = new Set<string>();
    const each = async (tenantId: string, ofTenant: readonly NumberedEvent[]) => {
      try {
        if (await appendOfTenant(live, ofTenant, force)) gaps.add(tenantId);
      } catch (error) {
        remembered.delete(tenantId);
        await explain(live, error);
      }
    };
    await Promise.all([...byTenant(events)].map(([tenantId, ofTenant]) => limit(each, tenantId, ofTenant)));
    return gaps;
  };
  return {
    append,
    forget: () => {
      remembered.clear();
    },
  };
};

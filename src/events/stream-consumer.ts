import { setTimeout as sleep } from 'node:timers/promises';
import { byTenant, runsOf } from './by-tenant.ts';
import type { BusReader, GivenEvent } from './event-bus.ts';
import { handleEvents, type HandlingDeps } from './handle-events.ts';
import { createOutage } from './outage.ts';
import { createTenantOrder } from './tenant-order.ts';

export type StreamConsumerDeps = HandlingDeps & {
  readonly reader: BusReader;
  /**
   * For how long no events are taken after some were. Who need not be quick to the millisecond handles what comes meanwhile together;
   * the first event after a while never waits.
   */
  readonly pauseMs?: number;
};

/** So many wait for nobody. */
const MANY = 50;

export type StreamConsumer = {
  start(): void;
  /** Ends after the batch under way. Closes no connection. */
  stop(): Promise<void>;
};

/**
 * Hands every event of the stream to its reaction, at least once, and lets its effects in MySQL happen exactly once.
 * Consumers of the same name in many processes share the work. Each tenant's events come in order of their sequence, whichever process
 * has them; one that fails is tried again later, while those behind it go on, and so is what a killed process had in its hands.
 */
export const createStreamConsumer = (deps: StreamConsumerDeps): StreamConsumer => {
  const { name, reader, logger, pauseMs = 0 } = deps;
  const stopping = new AbortController();
  const order = createTenantOrder(reader.places, stopping.signal);
  const databaseOutage = createOutage(`Consumer ${name}`, logger, stopping.signal);
  const busOutage = createOutage(`Consumer ${name}`, logger, stopping.signal);
  let hasBegun = false;
  const beginAgain = () => {
    hasBegun = false;
  };

  /** What is not done when stopping stays pending. */
  const handleOnceAvailable = async (tenantId: string, events: readonly GivenEvent[]) => {
    while (!stopping.signal.aborted) {
      try {
        const done = await handleEvents(deps, tenantId, events);
        databaseOutage.over();
        return done;
      } catch (error) {
        await databaseOutage.failed(error);
      }
    }
    return [];
  };

  const work = async (events: readonly GivenEvent[]) => {
    const patience = order.patience();
    const runs = [...byTenant(events).values()].flatMap(runsOf);
    for (const run of runs) {
      const [first, last] = [run[0], run.at(-1)];
      if (!first || !last) continue;
      await patience.turnOf(first.tenantId, first.sequence);
      const done = await handleOnceAvailable(first.tenantId, run);
      await order.passed(first.tenantId, last.sequence);
      await reader.acknowledge(done);
    }
  };

  /** Also after each outage: answers and acknowledgements may have been lost on the way, or all that the bus knew. */
  const begin = async () => {
    hasBegun = true;
    await work(await reader.begin());
  };

  const pauseAfter = async ({ length }: readonly GivenEvent[]) => {
    if (pauseMs === 0 || length === 0 || length >= MANY) return;
    await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        if (!hasBegun) await begin();
        busOutage.over();
        const events = await reader.next();
        await work(events);
        await pauseAfter(events);
      } catch (error) {
        beginAgain();
        if (!reader.isForgotten(error)) await busOutage.failed(error);
      }
    }
  };

  let running = Promise.resolve();
  let forgetConnection = (): void => undefined;
  return {
    start: () => {
      forgetConnection = reader.onConnected(beginAgain);
      running = run();
    },
    stop: async () => {
      forgetConnection();
      stopping.abort();
      await reader.end(running);
      await reader.leave().catch(() => undefined);
    },
  };
};

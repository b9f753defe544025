import type { Domains } from './composition/domains.ts';
import { reactionsOf } from './composition/work.ts';
import { eventCount } from './events/count-events.ts';
import type { Reaction } from './events/reaction.ts';
import { createStreamConsumer } from './events/stream-consumer.ts';
import { traceHandling } from './events/trace-events.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Realtime } from './websocket/realtime.ts';

/** Messages, webhooks and figures may be so much late, and cost a fraction where much happens. */
const REACTIONS_PAUSE_MS = 50;

type Consuming = { readonly name: string; readonly reaction: Reaction; readonly pauseMs: number };

/** A consumer with a reader of its own, which `disconnect` closes. */
const createConsumer = (
  { bus, database, logger, logControl, clock, metrics, tracing }: Infrastructure,
  { name, reaction, pauseMs }: Consuming,
) => {
  const reader = bus.reader(name);
  const count = eventCount({ metrics, clock, logControl });
  return {
    name,
    ...createStreamConsumer({
      name,
      reader,
      database,
      logger,
      reaction: traceHandling(tracing, name, reaction),
      count,
      pauseMs,
    }),
    connected: reader.connected,
    disconnect: reader.disconnect,
  };
};

/** Whoever looks at a screen is told at once. */
const toSockets = ({ isTold, deliver }: Realtime): Consuming => ({
  name: 'websocket',
  reaction: { concerns: isTold, handle: (_tx, event) => deliver(event) },
  pauseMs: 0,
});

/** What a process of its role does about events: it tells sockets, and works where it is a worker. */
export const createConsumers = (infrastructure: Infrastructure, domains: Domains, realtime: Realtime) => {
  const sockets = domains.runs('core') ? [toSockets(realtime)] : [];
  const work = infrastructure.config.role === 'api' ? [] : reactionsOf(domains);
  return [...sockets, ...work.map((each) => ({ ...each, pauseMs: REACTIONS_PAUSE_MS }))].map((consuming) =>
    createConsumer(infrastructure, consuming),
  );
};

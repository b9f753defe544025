import { during } from '../shared/tracing/span.ts';
import type { Tracing } from '../shared/tracing/tracing.ts';
import type { Reaction } from './reaction.ts';
import type { NumberedEvent } from './stored-event.ts';

/** What a consumer does with an event follows from what published it. Events that no trace leads to begin none. */
export const traceHandling = (tracing: Tracing, consumer: string, reaction: Reaction): Reaction => {
  if (!tracing.isOn) return reaction;
  const handle: Reaction['handle'] = (tx, event, prepared) => {
    if (event.traceparent === undefined) return reaction.handle(tx, event, prepared);
    const span = tracing.follow(event.traceparent, {
      name: `${consumer} ${event.type}`,
      kind: 'consumer',
      attributes: {
        'messaging.operation.type': 'process',
        'messaging.consumer.group.name': consumer,
        'app.tenant_id': event.tenantId,
      },
    });
    return during(span, () => reaction.handle(tx, event, prepared));
  };
  return { ...reaction, handle };
};

/** Publishes events, each with a span that follows from what put it into the outbox, and that consumers follow from. */
export const tracePublishing = async <T>(
  tracing: Tracing,
  events: readonly NumberedEvent[],
  publish: (events: readonly NumberedEvent[]) => Promise<T>,
): Promise<T> => {
  if (!tracing.isOn) return publish(events);
  const traced = events.map((event) => {
    const attributes = { 'messaging.operation.type': 'send', 'app.tenant_id': event.tenantId };
    const start = { name: `publish ${event.type}`, kind: 'producer' as const, attributes };
    const span = event.traceparent === null ? undefined : tracing.follow(event.traceparent, start);
    return { span, event: span ? { ...event, traceparent: span.traceparent } : event };
  });
  const endAll = (error?: unknown) => {
    for (const { span } of traced) span?.end({ error });
  };
  try {
    const result = await publish(traced.map(({ event }) => event));
    endAll();
    return result;
  } catch (error) {
    endAll(error);
    throw error;
  }
};

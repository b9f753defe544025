import type { Msg } from '@nats-io/transport-node';
import type { GivenEvent } from '../event-bus.ts';
import type { NumberedEvent } from '../stored-event.ts';

/** The payload is JSON text already, which nobody on the way reads. */
export const toMessage = ({ payload, traceparent, ...event }: NumberedEvent): string => {
  const rest = JSON.stringify({ ...event, traceparent: traceparent ?? undefined });
  return `${rest.slice(0, -1)},"payload":${payload}}`;
};

type Body = Omit<GivenEvent, 'occurredAt' | 'receipt'> & { readonly occurredAt: string };

/** The receipt is the subject that takes the acknowledgement, over whichever connection. */
export const fromMessage = (message: Msg): GivenEvent => {
  const { id, tenantId, type, payload, requestId, occurredAt, sequence, traceparent } = message.json<Body>();
  const event = { id, tenantId, type, payload, requestId, sequence, traceparent };
  return { ...event, occurredAt: new Date(occurredAt), receipt: message.reply ?? '' };
};

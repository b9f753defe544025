import type { Msg } from '@nats-io/transport-node';
import type { GivenEvent } from '../event-bus.ts';
import type { NumberedEvent } from '../stored-event.ts';

/** The payload is JSON text already, which nobody on the way reads. */
export const toMessage = ({ payload, ...event }: NumberedEvent): string =>
  `${JSON.stringify(event).slice(0, -1)},"payload":${payload}}`;

type Body = Omit<GivenEvent, 'occurredAt' | 'receipt'> & { readonly occurredAt: string };

/** The receipt is the subject that takes the acknowledgement, over whichever connection. */
export const fromMessage = (message: Msg): GivenEvent => {
  const { id, tenantId, type, payload, requestId, occurredAt, sequence } = message.json<Body>();
  const receipt = message.reply ?? '';
  return { id, tenantId, type, payload, requestId, occurredAt: new Date(occurredAt), sequence, receipt };
};

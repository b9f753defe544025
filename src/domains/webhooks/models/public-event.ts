import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { type EventCatalogue, publicDataOf } from '../../../shared/utils/event-catalogue.ts';

/** An event as webhooks and readers of the event feed get it. */
export const PublicEvent = z
  .object({
    id: Id,
    type: z.string().meta({ example: 'appointment.booked' }),
    version: z.int().meta({ description: 'Of the form of data' }),
    sequence: z
      .int()
      .meta({ description: 'Its place among the events of the clinic: 1, 2, 3 … without a gap' }),
    occurredAt: Instant,
    tenantId: Id,
    requestId: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });
export type PublicEvent = z.output<typeof PublicEvent>;

type Happened = {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly requestId: string;
  readonly occurredAt: Date;
  readonly sequence: number;
};

/** An event without what stays inside. */
export const publicEventOf = (catalogue: EventCatalogue, tenantId: string, event: Happened): PublicEvent => ({
  id: event.id,
  type: event.type,
  version: catalogue[event.type]?.version ?? 1,
  sequence: event.sequence,
  occurredAt: event.occurredAt,
  tenantId,
  requestId: event.requestId,
  data: publicDataOf(catalogue, event),
});

/** The text that is sent and signed. */
export const bodyOf = (event: PublicEvent): string => JSON.stringify(PublicEvent.encode(event));

import type { Tx } from '../../../database/db.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Tracing } from '../../../shared/tracing/tracing.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { EventCatalogue } from '../../../shared/utils/event-catalogue.ts';
import { bodyOf, publicEventOf } from '../models/public-event.ts';
import { wants } from '../models/webhook.ts';
import { insertDeliveries, type StoredDelivery } from '../repositories/delivery.repository.ts';
import { listWebhooks, makeDue } from '../repositories/webhook.repository.ts';
import { MAX_WEBHOOKS } from './webhook.service.ts';

/** An event that has happened, with its place among those of its tenant. */
export type HappenedEvent = {
  readonly id: string;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly requestId: string;
  readonly occurredAt: Date;
  readonly sequence: number;
};

type CollectorDeps = {
  clock: Clock;
  tracing: Pick<Tracing, 'traceparent'>;
  eventCatalogue: EventCatalogue;
  nudge: () => void;
};

/** Puts an event in line for every webhook that wants it, in the transaction that takes the event. */
export const createWebhookCollector =
  ({ clock, tracing, eventCatalogue, nudge }: CollectorDeps) =>
  async (tx: Tx, event: HappenedEvent): Promise<void> => {
    const active = await listWebhooks(tx, { active: true, limit: MAX_WEBHOOKS });
    const wanting = active.filter((webhook) => wants(webhook, event.type));
    if (wanting.length === 0) return;
    const now = clock.now();
    const traceparent = tracing.traceparent();
    const body = bodyOf(publicEventOf(eventCatalogue, tx.tenantId, event));
    await insertDeliveries(
      tx,
      wanting.map(({ id }) => deliveryOf(id, event, { body, now, traceparent })),
    );
    const ids = wanting.map(({ id }) => id);
    await makeDue(tx, ids, now);
    tx.afterCommit(nudge);
  };

/** A delivery that waits for its first attempt. */
export const deliveryOf = (
  webhookId: string,
  event: Pick<HappenedEvent, 'id' | 'type' | 'sequence'>,
  { body, now, traceparent = null }: { body: string; now: Date; traceparent: string | null | undefined },
): StoredDelivery => ({
  id: newId(),
  webhookId,
  eventId: event.id,
  eventType: event.type,
  sequence: event.sequence,
  body,
  status: 'pending',
  attempts: 0,
  firstAttemptAt: null,
  nextAttemptAt: now,
  redeliveryOf: null,
  createdAt: now,
  completedAt: null,
  traceparent,
});

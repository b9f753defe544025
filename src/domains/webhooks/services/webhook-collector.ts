import type { Database, Db, Tx } from '../../../database/db.ts';
import { gatheredAnswer } from '../../../database/gathered-read.ts';
import type { Reaction } from '../../../events/reaction.ts';
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
  database: Pick<Database, 'read'>;
  clock: Clock;
  tracing: Pick<Tracing, 'traceparent'>;
  eventCatalogue: EventCatalogue;
  nudge: () => void;
};

const listActive = gatheredAnswer((db) => listWebhooks(db, { active: true, limit: MAX_WEBHOOKS }));

const listWanting = async (db: Db, type: string) =>
  (await listActive(db)).filter((webhook) => wants(webhook, type));

/** Puts an event in line for every webhook that wants it, in the transaction that takes the event. */
export const createWebhookCollector = ({
  database,
  clock,
  tracing,
  eventCatalogue,
  nudge,
}: CollectorDeps): Reaction<HappenedEvent> => ({
  concerns: async ({ tenantId, type }) => (await listWanting(database.read(tenantId), type)).length > 0,

  handle: async (tx: Tx, event: HappenedEvent): Promise<void> => {
    const ids = (await listWanting(tx, event.type)).map(({ id }) => id);
    if (ids.length === 0) return;
    const now = clock.now();
    const traceparent = tracing.traceparent();
    const body = bodyOf(publicEventOf(eventCatalogue, tx.tenantId, event));
    await insertDeliveries(
      tx,
      ids.map((id) => deliveryOf(id, event, { body, now, traceparent })),
    );
    await makeDue(tx, ids, now);
    tx.afterCommit(nudge);
  },
});

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

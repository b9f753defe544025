import type { Database, SystemDb } from '../database/db.ts';
import { bin, count, sql } from '../database/sql.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Tracing } from '../shared/tracing/tracing.ts';
import type { EventBus } from './event-bus.ts';
import { BATCH_SIZE } from './number-events.ts';
import { markPublished, type PublishedMarks } from './published-marks.ts';
import type { NumberedEvent } from './stored-event.ts';
import { tracePublishing } from './trace-events.ts';

export type Publishing = {
  readonly bus: EventBus;
  readonly database: Pick<Database, 'system'>;
  readonly clock: Clock;
  readonly tracing: Tracing;
  readonly marks: PublishedMarks;
};

const listUnpublished = (db: SystemDb, tenantId: string) =>
  db.many<NumberedEvent>(sql`
    SELECT tenant_id AS tenantId, id, type, CAST(payload AS CHAR) AS payload, request_id AS requestId,
      occurred_at AS occurredAt, sequence, traceparent
    FROM outbox FORCE INDEX (ix_outbox_unpublished)
    WHERE published_at IS NULL AND tenant_id = ${bin(tenantId)} AND sequence IS NOT NULL
    ORDER BY sequence LIMIT ${count(BATCH_SIZE)}`);

const append = (publishing: Publishing, events: readonly NumberedEvent[], { force = false } = {}) =>
  tracePublishing(publishing.tracing, events, (traced) => publishing.bus.append(traced, { force }));

/**
 * Publishes all of a tenant's events that have a place and are not published. What is read here is all there is below
 * the highest, so an event that follows a gap follows one that was published before.
 */
export const publishTenant = async (publishing: Publishing, tenantId: string): Promise<void> => {
  for (;;) {
    const events = await listUnpublished(publishing.database.system, tenantId);
    await append(publishing, events, { force: true });
    await markPublished(publishing, events);
    if (events.length < BATCH_SIZE) return;
  }
};

/** Publishes events just numbered, each tenant's after whatever of its earlier ones is still unpublished. */
export const publishNumbered = async (
  publishing: Publishing,
  events: readonly NumberedEvent[],
): Promise<void> => {
  const gaps = await append(publishing, events);
  publishing.marks.add(events.filter(({ tenantId }) => !gaps.has(tenantId)));
  for (const tenantId of gaps) await publishTenant(publishing, tenantId);
};

/** Tenants with events that a relay numbered and then could not publish, because it or its bus went away. */
export const listLeftOverTenants = async ({ database }: Publishing): Promise<string[]> => {
  const tenants = await database.system.many<{ tenantId: string }>(sql`
    SELECT DISTINCT tenant_id AS tenantId FROM outbox FORCE INDEX (ix_outbox_unpublished)
    WHERE published_at IS NULL AND sequence IS NOT NULL`);
  return tenants.map(({ tenantId }) => tenantId);
};

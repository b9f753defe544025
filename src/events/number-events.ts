import type { Database, SystemDb, SystemTx } from '../database/db.ts';
import { bin, count, rows, sql } from '../database/sql.ts';
import { byTenant } from './by-tenant.ts';
import { paddedList } from '../database/padded-list.ts';
import type { NumberedEvent } from './stored-event.ts';

export const BATCH_SIZE = 500;

type Waiting = { readonly tenantId: string; readonly sequenceOf: string | null };
type Counter = { readonly tenantId: string; readonly lastSequence: number };

export type NumberedBatch = {
  /** In the order of tenant and sequence, already committed. */
  readonly events: readonly NumberedEvent[];
  /** Tenants that another relay is numbering at this moment: it may have begun before their last event committed. */
  readonly tenantsHeldByOthers: number;
  /** The last tenant of a full batch: more may wait, of it and behind it. `undefined` when none does. */
  readonly lastTenant: string | undefined;
};

/** The index is named, since reading along the primary key would pass through all that was ever published. */
const listWaiting = (db: SystemDb, afterTenant: string) =>
  db.many<Waiting>(sql`
    SELECT outbox.tenant_id AS tenantId, event_sequences.tenant_id AS sequenceOf
    FROM outbox FORCE INDEX (ix_outbox_unpublished)
    LEFT JOIN event_sequences ON event_sequences.tenant_id = outbox.tenant_id
    WHERE outbox.published_at IS NULL AND outbox.tenant_id > ${bin(afterTenant)} AND outbox.sequence IS NULL
    ORDER BY outbox.tenant_id LIMIT ${count(BATCH_SIZE)}`);

/** Only for tenants that have none: an upsert of a counter that exists would wait for the relay that holds it. */
const insertCounters = async (db: SystemDb, tenantIds: readonly string[]) => {
  if (tenantIds.length === 0) return;
  await db.run(sql`
    INSERT INTO event_sequences (tenant_id) VALUES ${rows(tenantIds.map((id) => [bin(id)]))}
    ON DUPLICATE KEY UPDATE last_sequence = last_sequence`);
};

/** A counter that another relay holds is left out; holding it is the right to number that tenant's events. */
const lockCounters = (tx: SystemTx, tenantIds: readonly string[]) =>
  tx.many<Counter>(sql`
    SELECT tenant_id AS tenantId, last_sequence AS lastSequence FROM event_sequences FORCE INDEX (PRIMARY)
    WHERE tenant_id IN (${paddedList(tenantIds.map((id) => bin(id)))}) ORDER BY tenant_id FOR UPDATE SKIP LOCKED`);

const listUnnumbered = (tx: SystemTx, tenantIds: readonly string[]) =>
  tx.many<Omit<NumberedEvent, 'sequence'>>(sql`
    SELECT tenant_id AS tenantId, id, type, CAST(payload AS CHAR) AS payload, request_id AS requestId,
      occurred_at AS occurredAt, traceparent
    FROM outbox FORCE INDEX (ix_outbox_unpublished)
    WHERE published_at IS NULL AND tenant_id IN (${paddedList(tenantIds.map((id) => bin(id)))}) AND sequence IS NULL
    ORDER BY tenant_id, id LIMIT ${count(BATCH_SIZE)}`);

/** The rows are consecutive, so the place of each in the list is its distance from the counter. */
const assign = (tx: SystemTx, { tenantId, lastSequence }: Counter, ids: readonly string[]) => {
  const places = paddedList(ids.map((id) => bin(id)));
  tx.later(sql`
    UPDATE outbox SET sequence = ${lastSequence} + FIELD(id, ${places})
    WHERE tenant_id = ${bin(tenantId)} AND id IN (${places})`);
  tx.later(sql`
    UPDATE event_sequences SET last_sequence = ${lastSequence + ids.length} WHERE tenant_id = ${bin(tenantId)}`);
};

const numberUnderLock = async (tx: SystemTx, tenantIds: readonly string[]) => {
  // On one way to the server, in this order: whatever has been numbered by others is no longer listed.
  const [counters, listed] = await Promise.all([lockCounters(tx, tenantIds), listUnnumbered(tx, tenantIds)]);
  const unnumbered = byTenant(listed);
  const events: NumberedEvent[] = [];
  for (const counter of counters) {
    const ofTenant = unnumbered.get(counter.tenantId);
    if (!ofTenant) continue;
    const ids = ofTenant.map(({ id }) => id);
    assign(tx, counter, ids);
    events.push(...ofTenant.map((event, i) => ({ ...event, sequence: counter.lastSequence + i + 1 })));
  }
  return { counters, events };
};

/**
 * {@link numberEvents} for tenants that are known to have some. Not `all` are numbered where a tenant has never had any, where another
 * relay is at it, or where there are more than one batch.
 */
export const numberEventsOf = async ({ system }: Pick<Database, 'system'>, tenantIds: readonly string[]) => {
  const { counters, events } = await system.transaction((tx) => numberUnderLock(tx, tenantIds));
  return { events, all: counters.length === tenantIds.length && events.length < BATCH_SIZE };
};

/**
 * Gives a batch of events their places, each tenant's without a gap and in the order of their ids, in one
 * transaction. Begins after the tenant `afterTenant`, so that a clinic with a long queue keeps no other waiting.
 */
export const numberEvents = async (
  { system }: Pick<Database, 'system'>,
  afterTenant: string,
): Promise<NumberedBatch> => {
  const waiting = await listWaiting(system, afterTenant);
  const tenantIds = [...new Set(waiting.map(({ tenantId }) => tenantId))];
  const lastTenant = waiting.length < BATCH_SIZE ? undefined : tenantIds.at(-1);
  if (tenantIds.length === 0) return { events: [], tenantsHeldByOthers: 0, lastTenant };
  const withoutCounter = waiting.filter(({ sequenceOf }) => sequenceOf === null);
  await insertCounters(system, [...new Set(withoutCounter.map(({ tenantId }) => tenantId))]);
  const { counters, events } = await system.transaction((tx) => numberUnderLock(tx, tenantIds));
  return { events, tenantsHeldByOthers: tenantIds.length - counters.length, lastTenant };
};

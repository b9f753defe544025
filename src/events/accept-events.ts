import type { Database } from '../database/db.ts';
import { bin, rows, sql } from '../database/sql.ts';
import { byTenant } from './by-tenant.ts';
import type { NumberedEvent } from './stored-event.ts';

/** An event as another service has committed it; its place in the tenant's sequence is given here. */
export type HandedEvent = Omit<NumberedEvent, 'sequence'>;

/**
 * Takes events that other services have committed into the outbox, where the relay numbers them among all others. One that is
 * here already is left as it is. What is about a tenant that is gone is of no use to anybody.
 */
export const acceptEvents = async (
  { transaction }: Pick<Database, 'transaction'>,
  events: readonly HandedEvent[],
  isThere: (tenantId: string) => Promise<boolean>,
): Promise<void> => {
  for (const [tenantId, ofTenant] of byTenant(events)) {
    if (!(await isThere(tenantId))) continue;
    const tuples = ofTenant.map(({ id, type, payload, requestId, occurredAt, traceparent }) => [
      bin(tenantId),
      bin(id),
      type,
      payload,
      requestId,
      occurredAt,
      traceparent,
    ]);
    await transaction({ tenantId }, (tx) =>
      tx.run(sql`
        INSERT INTO outbox (tenant_id, id, type, payload, request_id, occurred_at, traceparent) VALUES ${rows(tuples)}
        ON DUPLICATE KEY UPDATE tenant_id = VALUES(tenant_id)`),
    );
  }
};

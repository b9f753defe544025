import type { Db, SystemDb } from './db.ts';
import { count, sql } from './sql.ts';

/** An event of a tenant as it was committed, once it has its place in the tenant's sequence. */
export type LoggedEvent = {
  readonly id: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly occurredAt: Date;
  readonly sequence: number;
};

/** The events behind `after`, oldest first. What is committed and not numbered yet comes later, never in between. */
export const listEvents = (
  db: Db,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<LoggedEvent[]> =>
  db.many<LoggedEvent>(sql`
    SELECT id, type, payload, request_id AS requestId, occurred_at AS occurredAt, sequence FROM outbox
    WHERE tenant_id = ${db.tenant} AND sequence > ${after}
    ORDER BY sequence LIMIT ${count(limit)}`);

/** The first event that is still kept; `undefined` where there is none. */
export const findOldestSequence = async (db: Db): Promise<number | undefined> =>
  (
    await db.one<{ sequence: number | null }>(
      sql`SELECT MIN(sequence) AS sequence FROM outbox WHERE tenant_id = ${db.tenant}`,
    )
  )?.sequence ?? undefined;

/** The last number that the tenant's sequence has reached; 0 before the first event. */
export const findLastSequence = async (db: Db): Promise<number> =>
  (
    await db.one<{ sequence: number }>(
      sql`SELECT last_sequence AS sequence FROM event_sequences WHERE tenant_id = ${db.tenant}`,
    )
  )?.sequence ?? 0;

/** Every tenant that something has ever happened in, in the order of their ids. */
export const listTenantsWithEvents = async (db: SystemDb): Promise<string[]> => {
  const found = await db.many<{ tenantId: string }>(
    sql`SELECT tenant_id AS tenantId FROM event_sequences ORDER BY tenant_id`,
  );
  return found.map(({ tenantId }) => tenantId);
};

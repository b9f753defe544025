import type { Database } from '../database/db.ts';
import { bin, sql } from '../database/sql.ts';
import type { Publishing } from './publish-events.ts';

const TENANTS_PER_CALL = 1_000;

type Latest = { readonly tenantId: string; readonly sequence: number };

/** The index is on `published_at` first. */
const listLatest = ({ system }: Pick<Database, 'system'>, since: Date) =>
  system.many<Latest>(sql`
    SELECT tenant_id AS tenantId, max(sequence) AS sequence FROM outbox FORCE INDEX (ix_outbox_unpublished)
    WHERE published_at > ${since} GROUP BY tenant_id`);

const withdraw = ({ system }: Pick<Database, 'system'>, tenantId: string, after: number, since: Date) =>
  system.run(sql`
    UPDATE outbox SET published_at = NULL
    WHERE tenant_id = ${bin(tenantId)} AND sequence > ${after} AND published_at > ${since}`);

/**
 * After the bus was away or emptied: events published in the last `lookBackMs` that are no longer in the stream
 * become unpublished again, so that its loss loses no event. Consumers skip those that they handled.
 */
export const recoverLost = async (
  { database, clock, bus }: Publishing,
  lookBackMs: number,
): Promise<void> => {
  const since = new Date(clock.now().getTime() - lookBackMs);
  const latest = await listLatest(database, since);
  for (let i = 0; i < latest.length; i += TENANTS_PER_CALL) {
    const tenants = latest.slice(i, i + TENANTS_PER_CALL);
    const known = await bus.lastSequences(tenants.map(({ tenantId }) => tenantId));
    for (const [at, { tenantId, sequence }] of tenants.entries()) {
      const inStream = known[at] ?? 0;
      if (inStream < sequence) await withdraw(database, tenantId, inStream, since);
    }
  }
  await bus.makeWhole();
};

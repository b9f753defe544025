import type { Tx } from './db.ts';
import { sql } from './sql.ts';

/** What the tenant's transactions wait for one another about. */
type TenantLock = 'hours' | 'maxDoctors' | 'maxUsers' | 'webhooks';

/** Of two transactions that lock the same of a tenant, the second waits for the end of the first. The first lock that is taken. */
export const lockTenant = (tx: Tx, name: TenantLock) =>
  tx.run(sql`
    INSERT INTO tenant_locks (tenant_id, name) VALUES (${tx.tenant}, ${name})
    ON DUPLICATE KEY UPDATE name = VALUES(name)`);

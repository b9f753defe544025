import { createAuditTrail } from '../database/audit.ts';
import type { Config } from '../shared/config/config.ts';
import { newId } from '../shared/types/id.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { withDatabase } from './with-database.ts';

type Copied = { readonly id: string; readonly rows: number };

/** Writes into the audit trail of a clinic that it was copied to a file, or from one. */
export const noteCopy = (config: Config, action: 'exported' | 'imported', { id, rows }: Copied) =>
  withDatabase(async (database) => {
    const program = action === 'exported' ? 'npm run tenant:export' : 'npm run tenant:import';
    const ctx = { requestId: newId(), address: '', userAgent: program };
    const entry = { action: `tenant.${action}`, resourceType: 'tenant', resourceId: id, changes: { rows } };
    await database.transaction({ tenantId: id }, (tx) =>
      createAuditTrail(systemClock, config.masterKeys).record(tx, ctx, entry),
    );
  }, config);

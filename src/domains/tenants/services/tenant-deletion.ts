import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import { eraseTenant } from '../../../database/erase-tenant.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { DatabaseConfig } from '../../../database/pool.ts';
import { newId, PLATFORM } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { findTenantToChange, listIdsToDelete, setDeleting } from '../repositories/tenant.repository.ts';
import type { TenantDirectory } from './tenant-directory.service.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  directory: TenantDirectory;
  config: { readonly database: DatabaseConfig };
  /** Has every other service forget the tenant, and plans that its files go; rejects until all have. */
  forgetElsewhere: (tenantId: string) => Promise<void>;
};

/**
 * Deletes clinics for good whose time to be brought back is over. From the first batch on nothing brings one back; what
 * a process leaves half-way, another one finishes. Several may do it at once.
 */
export const createTenantDeletion = ({
  database,
  audit,
  outbox,
  clock,
  directory,
  config,
  forgetElsewhere,
}: Deps) => {
  let isStopping = false;

  /** Under the lock that activation takes: one of the two comes first. */
  const begin = (tenantId: string) =>
    database.transaction({ tenantId }, async (tx) => {
      const tenant = await findTenantToChange(tx);
      const isDue = tenant?.deleteAfter != null && tenant.deleteAfter <= clock.now();
      if (!isDue || tenant.id === PLATFORM) return undefined;
      if (tenant.status !== 'deleting') await setDeleting(tx);
      return tenant;
    });

  const noteDeleted = (id: string, subdomain: string) =>
    database.transaction({ tenantId: PLATFORM }, async (tx) => {
      const ctx = { requestId: newId(), address: '', userAgent: '' };
      const entry = { action: 'tenant.deleted', resourceType: 'tenant', resourceId: id };
      await audit.record(tx, ctx, { ...entry, changes: { subdomain } });
      await outbox.publish(tx, ctx, { type: 'tenant.deleted', payload: { id } });
    });

  return {
    deleteDue: async (): Promise<void> => {
      for (const tenantId of await listIdsToDelete(database.system, clock.now())) {
        const tenant = await begin(tenantId);
        if (!tenant) continue;
        await directory.hasChanged({ tenantId, subdomain: tenant.subdomain });
        // First, since the tenant's own row is what brings this here again when a service was away.
        await forgetElsewhere(tenantId);
        const outcome = await eraseTenant(config.database, tenantId, () => isStopping);
        if (outcome === 'stopped') return;
        if (outcome === 'erased') await noteDeleted(tenantId, tenant.subdomain);
        await directory.hasChanged({ tenantId, subdomain: tenant.subdomain });
      }
    },
    stop: (): void => {
      isStopping = true;
    },
  };
};
export type TenantDeletion = ReturnType<typeof createTenantDeletion>;

import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { DomainEvent, Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import { leavesTimeToBook } from '../models/booking-settings.ts';
import { settingsOf, type Tenant } from '../models/tenant.ts';
import { findTenant, findTenantToChange, updateTenant } from '../repositories/tenant.repository.ts';
import type { TenantSettings, UpdateSettings, UpdateTenant } from '../validators/tenant.ts';
import type { TenantDirectory } from './tenant-directory.service.ts';

export type TenantServiceDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  directory: TenantDirectory;
};
export type TenantService = ReturnType<typeof createTenantService>;

const there = (tenant: Tenant | undefined): Tenant => {
  if (!tenant) throw new AppError(commonProblems.tenant_not_found);
  return tenant;
};

const given = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const answerSettings = (tenant: Tenant): TenantSettings => ({
  ...settingsOf(tenant),
  version: tenant.version,
});

/** What a clinic sees and changes of itself. Its profile and its booking rules share one version. */
export const createTenantService = ({ database, audit, outbox, clock, directory }: TenantServiceDeps) => {
  const save = async (tx: Tx, ctx: Ctx, tenant: Tenant, event: DomainEvent) => {
    await updateTenant(tx, tenant);
    await audit.record(tx, ctx, {
      action: event.type,
      resourceType: 'tenant',
      resourceId: tenant.id,
      changes: event.payload,
    });
    await outbox.publish(tx, ctx, event);
    tx.afterCommit(() => {
      void directory.hasChanged({ tenantId: tenant.id, subdomain: tenant.subdomain });
    });
  };

  return {
    current: async (ctx: TenantCtx): Promise<Tenant> => there(await directory.findById(ctx.tenantId)),

    update: (ctx: Ctx, changes: UpdateTenant, ifMatch: number | undefined): Promise<Tenant> =>
      database.transaction(ctx, async (tx) => {
        const current = there(await findTenantToChange(tx));
        demandVersion(current, ifMatch);
        const branding = { ...current.branding, ...given(changes.branding ?? {}) };
        const tenant = nextVersion(current, { ...changes, branding }, clock.now());
        await save(tx, ctx, tenant, { type: 'tenant.updated', payload: given(changes) });
        return tenant;
      }),

    settings: async (ctx: Ctx): Promise<TenantSettings> =>
      answerSettings(there(await findTenant(database.read(ctx.tenantId)))),

    updateSettings: (
      ctx: Ctx,
      changes: UpdateSettings,
      ifMatch: number | undefined,
    ): Promise<TenantSettings> =>
      database.transaction(ctx, async (tx) => {
        const current = there(await findTenantToChange(tx));
        demandVersion(current, ifMatch);
        const ownSettings = { ...current.ownSettings, ...given(changes) };
        const tenant = nextVersion(current, { ownSettings }, clock.now());
        if (!leavesTimeToBook(settingsOf(tenant)))
          throw invalid('/minNoticeMinutes', 'must be less than horizonDays');
        await save(tx, ctx, tenant, { type: 'tenant.settings_changed', payload: given(changes) });
        return answerSettings(tenant);
      }),
  };
};

import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { PLATFORM } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { Tenant } from '../models/tenant.ts';
import { tenantProblems } from '../problems.ts';
import {
  findTenant,
  findTenantToChange,
  listTenants,
  updateTenant,
} from '../repositories/tenant.repository.ts';
import type { ListTenants, UpdatePlatformTenant } from '../validators/platform.ts';
import type { TenantDirectory } from './tenant-directory.service.ts';

export type PlatformServiceDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  directory: TenantDirectory;
  config: { readonly tenantDeletionDays: number };
};
export type PlatformService = ReturnType<typeof createPlatformService>;

/** The platform's own tenant is no clinic. */
const there = (tenant: Tenant | undefined): Tenant => {
  if (!tenant || tenant.id === PLATFORM) throw new AppError(commonProblems.tenant_not_found);
  return tenant;
};

type Verb = 'suspended' | 'activated' | 'plan_changed' | 'deletion_scheduled';
type Change = Partial<Pick<Tenant, 'status' | 'plan' | 'deleteAfter'>>;

/** What the operators of the installation do to clinics, without looking into them. */
export const createPlatformService = (deps: PlatformServiceDeps) => {
  const { database, audit, outbox, clock, directory, config } = deps;

  /** Committed with an audit row for the clinic and one for the platform, which outlives the clinic. */
  const change = async (
    ctx: Ctx,
    id: string,
    verb: Verb,
    decide: (current: Tenant) => Change | undefined,
    ifMatch?: number,
  ): Promise<Tenant> => {
    const tenant = await database.system.transaction(async (stx) => {
      const tx = stx.forTenant(id);
      const current = there(await findTenantToChange(tx));
      demandVersion(current, ifMatch);
      if (current.status === 'deleting') throw new AppError(tenantProblems.tenant_being_deleted);
      const changes = decide(current);
      if (!changes) return current;
      const next = nextVersion(current, changes, clock.now());
      await updateTenant(tx, next);
      for (const trail of [tx, stx.forTenant(PLATFORM)]) await record(trail, ctx, id, verb, changes);
      await outbox.publish(tx, ctx, { type: `tenant.${verb}`, payload: { id } });
      return next;
    });
    await directory.hasChanged({ tenantId: id, subdomain: tenant.subdomain });
    return tenant;
  };

  const record = (tx: Tx, ctx: Ctx, id: string, verb: Verb, changes: Change) =>
    audit.record(tx, ctx, {
      action: `tenant.${verb}`,
      resourceType: 'tenant',
      resourceId: id,
      changes: { ...changes },
    });

  return {
    list: async (_ctx: Ctx, { limit, cursor, q, status }: ListTenants): Promise<Page<Tenant>> => {
      const after = decodeCursor(IdPosition, cursor)?.[0] ?? PLATFORM;
      return toPage(await listTenants(database.system, { limit, after, q, status }), limit, (last) => [
        last.id,
      ]);
    },

    get: async (_ctx: Ctx, id: string): Promise<Tenant> => there(await findTenant(database.read(id))),

    /** Every token and key of the clinic is refused from now on, and its sockets close. */
    suspend: (ctx: Ctx, id: string): Promise<Tenant> =>
      change(ctx, id, 'suspended', ({ status }) =>
        status === 'active' ? { status: 'suspended' } : undefined,
      ),

    /** Also takes a deletion back. */
    activate: (ctx: Ctx, id: string): Promise<Tenant> =>
      change(ctx, id, 'activated', ({ status }) =>
        status === 'active' ? undefined : { status: 'active', deleteAfter: null },
      ),

    update: (ctx: Ctx, id: string, { plan }: UpdatePlatformTenant, ifMatch: number | undefined) =>
      change(
        ctx,
        id,
        'plan_changed',
        (current) => {
          const given = Object.entries(plan).filter(([, value]) => value !== undefined);
          return { plan: { ...current.plan, ...Object.fromEntries(given) } };
        },
        ifMatch,
      ),

    /** Suspends it, and has it deleted when the time to bring it back is over. */
    scheduleDeletion: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<Tenant> =>
      change(
        ctx,
        id,
        'deletion_scheduled',
        ({ deleteAfter }) =>
          deleteAfter === null
            ? {
                status: 'suspended',
                deleteAfter: new Date(clock.now().getTime() + config.tenantDeletionDays * DAY_MS),
              }
            : undefined,
        ifMatch,
      ),
  };
};

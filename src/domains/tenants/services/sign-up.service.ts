import type { z } from 'zod';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { RequestCtx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { standardPlan } from '../models/plan.ts';
import { noBranding, type Tenant } from '../models/tenant.ts';
import { tenantProblems } from '../problems.ts';
import { insertTenant } from '../repositories/tenant.repository.ts';
import type { Owner, SignUp } from '../validators/tenant.ts';
import type { TenantDirectory } from './tenant-directory.service.ts';

/** What sign-up asks of the domain that keeps the accounts. `User` and `Tokens` are its schemas. */
export type AccountsPort<User extends z.ZodType, Tokens extends z.ZodType> = {
  readonly user: User;
  readonly tokens: Tokens;
  /** Judges and hashes the password, which is slow, before any transaction; the answer creates administrator and session in one. */
  prepareFirstAdmin(
    owner: Owner,
    clinic: Pick<SignUp, 'name' | 'subdomain'>,
  ): Promise<(tx: Tx, ctx: TenantCtx) => Promise<{ user: z.output<User>; tokens: z.output<Tokens> }>>;
};

export type SignUpDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  config: { readonly signUpEnabled: boolean };
  directory: TenantDirectory;
};

/** Opens a clinic: tenant, first administrator and session commit together, or none of them. */
export const createSignUp =
  <User extends z.ZodType, Tokens extends z.ZodType>(
    { database, audit, outbox, clock, config, directory }: SignUpDeps,
    accounts: AccountsPort<User, Tokens>,
  ) =>
  async (ctx: RequestCtx, { owner, ...fields }: SignUp) => {
    if (!config.signUpEnabled) throw new AppError(tenantProblems.sign_up_disabled);
    const createFirstAdmin = await accounts.prepareFirstAdmin(owner, fields);
    const tenantCtx: TenantCtx = { ...ctx, tenantId: newId() };
    return database.transaction(tenantCtx, async (tx) => {
      const tenant = newTenant(tx.tenantId, fields, clock.now());
      await insertTenant(tx, tenant);
      await audit.record(tx, tenantCtx, {
        action: 'tenant.created',
        resourceType: 'tenant',
        resourceId: tenant.id,
        changes: fields,
      });
      await outbox.publish(tx, ctx, { type: 'tenant.created', payload: { id: tenant.id, ...fields } });
      const signedIn = await createFirstAdmin(tx, tenantCtx);
      tx.afterCommit(() => {
        void directory.hasChanged({ tenantId: tenant.id, subdomain: tenant.subdomain });
      });
      return { tenant, ...signedIn };
    });
  };

const newTenant = (id: string, fields: Omit<SignUp, 'owner'>, now: Date): Tenant => ({
  ...fields,
  id,
  status: 'active',
  plan: standardPlan,
  deleteAfter: null,
  branding: noBranding,
  ownSettings: {},
  version: 1,
  createdAt: now,
  updatedAt: now,
});

import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { and, bin, containing, count, sql, type Sql, startingWith } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Plan } from '../models/plan.ts';
import { noBranding, type Branding, type Tenant } from '../models/tenant.ts';
import { tenantProblems } from '../problems.ts';

type TenantRow = Omit<Tenant, 'branding' | 'plan'> & {
  branding: Partial<Branding>;
  planName: string;
} & Omit<Plan, 'name'>;

const columns = sql`tenant_id AS id, name, subdomain, timezone, locale, status, plan_name AS planName,
  max_doctors AS maxDoctors, max_users AS maxUsers, delete_after AS deleteAfter, settings AS ownSettings, branding,
  version, created_at AS createdAt, updated_at AS updatedAt`;

const toTenant = ({ planName, maxDoctors, maxUsers, ...row }: TenantRow): Tenant => ({
  ...row,
  branding: { ...noBranding, ...row.branding },
  plan: { name: planName, maxDoctors, maxUsers },
});

const findWith = async (db: Db, lock: Sql): Promise<Tenant | undefined> => {
  const row = await db.one<TenantRow>(sql`
    SELECT ${columns} FROM tenants WHERE tenant_id = ${db.tenant} ${lock}`);
  return row && toTenant(row);
};

/** The tenant that `db` is bound to. */
export const findTenant = (db: Db) => findWith(db, sql``);

/** Locked, so that the version that is compared is the version that is replaced. */
export const findTenantToChange = (tx: Tx) => findWith(tx, sql`FOR UPDATE`);

export const findTenantIdBySubdomain = async (db: SystemDb, subdomain: string): Promise<string | undefined> =>
  (await db.one<{ id: string }>(sql`SELECT tenant_id AS id FROM tenants WHERE subdomain = ${subdomain}`))?.id;

type TenantFilter = {
  readonly limit: number;
  readonly after: string;
  readonly q: string | undefined;
  readonly status: Tenant['status'] | undefined;
};

/** Of the whole installation, in the order of their ids behind `after`, one row more than `limit`. */
export const listTenants = async (
  db: SystemDb,
  { limit, after, q, status }: TenantFilter,
): Promise<Tenant[]> => {
  const rows = await db.many<TenantRow>(sql`
    SELECT ${columns} FROM tenants
    WHERE tenant_id > ${bin(after)} ${and(
      status === undefined ? undefined : sql`status = ${status}`,
      q ? sql`(name LIKE ${containing(q)} OR subdomain LIKE ${startingWith(q.toLowerCase())})` : undefined,
    )}
    ORDER BY tenant_id LIMIT ${count(limit + 1)}`);
  return rows.map(toTenant);
};

/** Those whose time to be brought back is over, a few at a time. */
export const listIdsToDelete = async (db: SystemDb, now: Date): Promise<string[]> => {
  const rows = await db.many<{ id: string }>(sql`
    SELECT tenant_id AS id FROM tenants WHERE delete_after <= ${now} ORDER BY delete_after LIMIT 100`);
  return rows.map(({ id }) => id);
};

export const setDeleting = (tx: Tx) =>
  tx.run(sql`UPDATE tenants SET status = 'deleting' WHERE tenant_id = ${tx.tenant}`);

/** Only a verified hostname finds its tenant. */
export const findTenantIdByHostname = async (db: SystemDb, hostname: string): Promise<string | undefined> =>
  (
    await db.one<{ id: string }>(sql`
      SELECT tenant_id AS id FROM tenant_domains WHERE verified_hostname = ${hostname}`)
  )?.id;

/** Fails with `subdomain_taken` where another tenant has the subdomain. */
export const insertTenant = async (tx: Tx, t: Tenant): Promise<void> => {
  try {
    await tx.run(sql`
      INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, status, settings, branding, version,
        created_at, updated_at)
      VALUES (${tx.tenant}, ${t.name}, ${t.subdomain}, ${t.timezone}, ${t.locale}, ${t.status},
        ${JSON.stringify(t.ownSettings)}, ${JSON.stringify(t.branding)}, ${t.version}, ${t.createdAt},
        ${t.updatedAt})`);
  } catch (error) {
    if (duplicateKeyOf(error) !== 'uq_tenants_subdomain') throw error;
    throw new AppError(tenantProblems.subdomain_taken, undefined, { cause: error });
  }
};

export const updateTenant = (tx: Tx, t: Tenant) =>
  tx.run(sql`
    UPDATE tenants SET name = ${t.name}, timezone = ${t.timezone}, locale = ${t.locale},
      status = ${t.status}, plan_name = ${t.plan.name}, max_doctors = ${t.plan.maxDoctors},
      max_users = ${t.plan.maxUsers}, delete_after = ${t.deleteAfter}, settings = ${JSON.stringify(t.ownSettings)}, branding = ${JSON.stringify(t.branding)}, version = ${t.version},
      updated_at = ${t.updatedAt}
    WHERE tenant_id = ${tx.tenant}`);

import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { sql, type Sql } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { noBranding, type Branding, type Tenant } from '../models/tenant.ts';
import { tenantProblems } from '../problems.ts';

type TenantRow = Omit<Tenant, 'branding'> & { branding: Partial<Branding> };

const findWith = async (db: Db, lock: Sql): Promise<Tenant | undefined> => {
  const row = await db.one<TenantRow>(sql`
    SELECT tenant_id AS id, name, subdomain, timezone, locale, status, settings AS ownSettings, branding, version,
      created_at AS createdAt, updated_at AS updatedAt
    FROM tenants WHERE tenant_id = ${db.tenant} ${lock}`);
  return row && { ...row, branding: { ...noBranding, ...row.branding } };
};

/** The tenant that `db` is bound to. */
export const findTenant = (db: Db) => findWith(db, sql``);

/** Locked, so that the version that is compared is the version that is replaced. */
export const findTenantToChange = (tx: Tx) => findWith(tx, sql`FOR UPDATE`);

export const findTenantIdBySubdomain = async (db: SystemDb, subdomain: string): Promise<string | undefined> =>
  (await db.one<{ id: string }>(sql`SELECT tenant_id AS id FROM tenants WHERE subdomain = ${subdomain}`))?.id;

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
      settings = ${JSON.stringify(t.ownSettings)}, branding = ${JSON.stringify(t.branding)}, version = ${t.version},
      updated_at = ${t.updatedAt}
    WHERE tenant_id = ${tx.tenant}`);

import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { bin, count, sql } from '../../../database/sql.ts';

/** What analytics knows of a clinic: its clock, and how far a rebuild has come, if one is under way. */
export type Clinic = {
  readonly timezone: string;
  readonly rebuiltSubject: string | null;
  readonly rebuiltDate: string | null;
};

const columns = sql`timezone, rebuilt_subject AS rebuiltSubject, rebuilt_date AS rebuiltDate`;

export const findClinic = (db: Db) =>
  db.one<Clinic>(sql`SELECT ${columns} FROM analytics_tenants WHERE tenant_id = ${db.tenant}`);

/** Locked until the end of the transaction: nobody else changes figures of the clinic. */
export const lockClinic = (tx: Tx) =>
  tx.one<Clinic>(sql`SELECT ${columns} FROM analytics_tenants WHERE tenant_id = ${tx.tenant} FOR UPDATE`);

/** {@link lockClinic}, or nothing while another process has the lock. */
export const lockIdleClinic = (tx: Tx) =>
  tx.one<Clinic>(sql`
    SELECT ${columns} FROM analytics_tenants WHERE tenant_id = ${tx.tenant} FOR UPDATE SKIP LOCKED`);

/** Leaves one that is there as it is. */
export const insertClinic = (tx: Tx, timezone: string) =>
  tx.run(sql`
    INSERT INTO analytics_tenants (tenant_id, timezone) VALUES (${tx.tenant}, ${timezone})
    ON DUPLICATE KEY UPDATE tenant_id = VALUES(tenant_id)`);

export const updateClinic = (tx: Tx, { timezone, rebuiltSubject, rebuiltDate }: Clinic) =>
  tx.run(sql`
    UPDATE analytics_tenants SET timezone = ${timezone}, rebuilt_subject = ${bin(rebuiltSubject)},
      rebuilt_date = ${rebuiltDate}
    WHERE tenant_id = ${tx.tenant}`);

/** Clinics whose figures are being made anew. */
export const listClinicsRebuilding = async (db: SystemDb, limit: number): Promise<string[]> => {
  const found = await db.many<{ tenantId: string }>(sql`
    SELECT tenant_id AS tenantId FROM analytics_tenants
    WHERE rebuilt_subject IS NOT NULL OR rebuilt_date IS NOT NULL LIMIT ${count(limit)}`);
  return found.map(({ tenantId }) => tenantId);
};

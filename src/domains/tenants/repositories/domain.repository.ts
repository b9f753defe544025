import type { Db, SystemTx, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { and, bin, count, sql, type Sql } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { type Domain, recordNameOf } from '../models/domain.ts';
import { tenantProblems } from '../problems.ts';

type DomainRow = Omit<Domain, 'verification'> & { readonly verification: string };

const columns = sql`id, hostname, verification, verified_at AS verifiedAt, version, created_at AS createdAt`;

const toDomain = ({ verification, ...row }: DomainRow): Domain => ({
  ...row,
  verification: { recordName: recordNameOf(row.hostname), recordValue: verification },
});

const findWith = async (db: Db, id: string, lock: Sql): Promise<Domain | undefined> => {
  const row = await db.one<DomainRow>(sql`
    SELECT ${columns} FROM tenant_domains WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} ${lock}`);
  return row && toDomain(row);
};

export const findDomain = (db: Db, id: string) => findWith(db, id, sql``);
export const findDomainToChange = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE`);

/** In the order of creation, one row more than `limit`. */
export const listDomains = async (
  db: Db,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<Domain[]> => {
  const rows = await db.many<DomainRow>(sql`
    SELECT ${columns} FROM tenant_domains
    WHERE tenant_id = ${db.tenant} ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit + 1)}`);
  return rows.map(toDomain);
};

/** The claim that has proved the hostname, whosever it is; locked. */
export const findHolder = (tx: SystemTx, hostname: string) =>
  tx.one<{ tenantId: string; id: string; recordValue: string }>(sql`
    SELECT tenant_id AS tenantId, id, verification AS recordValue FROM tenant_domains
    WHERE verified_hostname = ${hostname} FOR UPDATE`);

/** Fails with `domain_exists` where the clinic has the hostname already. */
export const insertDomain = async (tx: Tx, d: Domain): Promise<void> => {
  try {
    await tx.run(sql`
      INSERT INTO tenant_domains (tenant_id, id, hostname, verification, verified_at, version, created_at)
      VALUES (${tx.tenant}, ${bin(d.id)}, ${d.hostname}, ${d.verification.recordValue}, ${d.verifiedAt},
        ${d.version}, ${d.createdAt})`);
  } catch (error) {
    if (duplicateKeyOf(error) !== 'uq_tenant_domains_hostname') throw error;
    throw new AppError(tenantProblems.domain_exists, undefined, { cause: error });
  }
};

/** Makes a new version. Fails with `domain_taken` where somebody else has proved the hostname in this moment. */
export const setVerified = async (tx: Tx, id: string, verifiedAt: Date | null): Promise<void> => {
  try {
    await tx.run(sql`
      UPDATE tenant_domains SET verified_at = ${verifiedAt}, version = version + 1
      WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);
  } catch (error) {
    if (duplicateKeyOf(error) !== 'uq_tenant_domains_verified') throw error;
    throw new AppError(tenantProblems.domain_taken, undefined, { cause: error });
  }
};

export const deleteDomain = (tx: Tx, id: string) =>
  tx.run(sql`DELETE FROM tenant_domains WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

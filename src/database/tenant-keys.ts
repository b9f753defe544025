import type { WrappedKey } from '../shared/crypto/master-keys.ts';
import type { Db, SystemDb, Tx } from './db.ts';
import { bin, count, sql } from './sql.ts';

/** A data key of a tenant as it is stored. */
export type TenantKey = WrappedKey & { readonly id: string };
export type OwnedKey = TenantKey & { readonly tenantId: string };

const columns = sql`id, master_key_id AS masterKeyId, wrapped`;

/** Locked in shared mode until the commit: no rotation retires a key that somebody is encrypting with. */
export const findActiveKey = (tx: Tx) =>
  tx.one<TenantKey>(sql`
    SELECT ${columns} FROM tenant_keys WHERE tenant_id = ${tx.tenant} AND active = 1 LOCK IN SHARE MODE`);

export const findKey = (db: Db, id: string) =>
  db.one<TenantKey>(
    sql`SELECT ${columns} FROM tenant_keys WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`,
  );

/** Those under which something may be indexed. */
export const listKeysInUse = (db: Db) =>
  db.many<TenantKey>(sql`
    SELECT ${columns} FROM tenant_keys WHERE tenant_id = ${db.tenant} AND status <> 'retired' ORDER BY id`);

export const insertActiveKey = (tx: Tx, key: TenantKey, createdAt: Date) =>
  tx.run(sql`
    INSERT INTO tenant_keys (tenant_id, id, master_key_id, wrapped, status, created_at)
    VALUES (${tx.tenant}, ${bin(key.id)}, ${key.masterKeyId}, ${key.wrapped}, 'active', ${createdAt})`);

/** Of every master key that is in use, the data key that it wrapped last. */
export const listNewestKeys = (db: SystemDb) =>
  db.many<OwnedKey>(sql`
    SELECT k.tenant_id AS tenantId, k.id, k.master_key_id AS masterKeyId, k.wrapped FROM tenant_keys k
    JOIN (SELECT master_key_id AS masterKeyId, max(created_at) AS createdAt FROM tenant_keys GROUP BY master_key_id) AS newest
      ON k.master_key_id = newest.masterKeyId AND k.created_at = newest.createdAt
    LIMIT 100`);

/** Says of the key that the tenant uses, or of every tenant's, that another is to take its place. */
export const markForReplacement = (db: SystemDb, tenantId: string | undefined, since: Date) =>
  db.run(sql`
    UPDATE tenant_keys SET replaced_since = ${since}
    WHERE status = 'active' ${tenantId === undefined ? sql`` : sql`AND tenant_id = ${bin(tenantId)}`}`);

/** Tenants with a key whose place another is to take, or that still has something under it; and since when. */
export const listRotating = (db: SystemDb) =>
  db.many<{ tenantId: string; since: Date }>(sql`
    SELECT tenant_id AS tenantId, min(replaced_since) AS since FROM tenant_keys
    WHERE replaced_since IS NOT NULL AND status <> 'retired' GROUP BY tenant_id ORDER BY tenant_id`);

/** Waits for everybody who encrypts with the key; whether there was one to replace. */
export const stepDown = async (tx: Tx): Promise<boolean> =>
  (
    await tx.run(sql`
      UPDATE tenant_keys SET status = 'retiring'
      WHERE tenant_id = ${tx.tenant} AND active = 1 AND replaced_since IS NOT NULL`)
  ).affectedRows === 1;

export const retireKeys = (tx: Tx) =>
  tx.run(
    sql`UPDATE tenant_keys SET status = 'retired' WHERE tenant_id = ${tx.tenant} AND status = 'retiring'`,
  );

/** What does not open stays under its key, which opens and finds it on; the rotation is over nevertheless. */
export const endRotation = (tx: Tx) =>
  tx.run(sql`
    UPDATE tenant_keys SET replaced_since = NULL WHERE tenant_id = ${tx.tenant} AND status = 'retiring'`);

export const listWrappedByOthers = (db: SystemDb, masterKeyId: string, limit: number) =>
  db.many<OwnedKey>(sql`
    SELECT tenant_id AS tenantId, ${columns} FROM tenant_keys
    WHERE master_key_id <> ${masterKeyId} LIMIT ${count(limit)}`);

export const rewrap = (tx: Tx, { id, masterKeyId, wrapped }: TenantKey) =>
  tx.run(sql`
    UPDATE tenant_keys SET master_key_id = ${masterKeyId}, wrapped = ${wrapped}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

import type { WrappedKey } from '../shared/crypto/master-keys.ts';
import type { Db, SystemDb, Tx } from './db.ts';
import { bin, sql } from './sql.ts';

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

import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { Permission, Role } from '../../../shared/config/permissions.ts';
import type { ApiKey } from '../models/api-key.ts';

const columns = sql`id, name, permissions, user_id AS createdBy, hint, created_at AS createdAt,
  expires_at AS expiresAt, last_used_at AS lastUsedAt`;

export const findApiKey = (db: Db, id: string) =>
  db.one<ApiKey>(sql`
    SELECT ${columns} FROM api_keys WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND revoked_at IS NULL`);

/** Those that are not revoked, in the order of creation, one row more than `limit`. */
export const listApiKeys = (db: Db, { limit, after }: { limit: number; after: string | undefined }) =>
  db.many<ApiKey>(sql`
    SELECT ${columns} FROM api_keys
    WHERE tenant_id = ${db.tenant} AND revoked_at IS NULL
      ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit + 1)}`);

export const insertApiKey = (tx: Tx, k: ApiKey, keyHash: Buffer) =>
  tx.run(sql`
    INSERT INTO api_keys (tenant_id, id, user_id, name, permissions, key_hash, hint, created_at, expires_at)
    VALUES (${tx.tenant}, ${bin(k.id)}, ${bin(k.createdBy)}, ${k.name}, ${JSON.stringify(k.permissions)},
      ${keyHash}, ${k.hint}, ${k.createdAt}, ${k.expiresAt})`);

/** Whether there was something to revoke. */
export const revokeApiKey = async (tx: Tx, id: string, now: Date): Promise<boolean> => {
  const { affectedRows } = await tx.run(sql`
    UPDATE api_keys SET revoked_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND revoked_at IS NULL`);
  return affectedRows > 0;
};

/** A key with the user for whom it acts. */
export type LiveApiKey = {
  readonly id: string;
  readonly permissions: readonly Permission[];
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly userId: string;
  readonly role: Role;
  readonly roleId: string | null;
};

/** The key as it stands, expired or not; nothing where it is revoked, or its user is gone or inactive. */
export const findLiveApiKey = (db: Db, keyHash: Buffer) =>
  db.one<LiveApiKey>(sql`
    SELECT api_keys.id, api_keys.permissions, api_keys.expires_at AS expiresAt, api_keys.last_used_at AS lastUsedAt,
      users.id AS userId, users.role, users.role_id AS roleId
    FROM api_keys
    JOIN users ON users.tenant_id = api_keys.tenant_id AND users.id = api_keys.user_id
    WHERE api_keys.tenant_id = ${db.tenant} AND api_keys.key_hash = ${keyHash} AND api_keys.revoked_at IS NULL
      AND users.active = TRUE AND users.deleted_at IS NULL`);

/** Of many processes that have seen it, one writes. */
export const touchApiKey = (tx: Tx, id: string, now: Date, unlessUsedSince: Date) =>
  tx.run(sql`
    UPDATE api_keys SET last_used_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}
      AND (last_used_at IS NULL OR last_used_at < ${unlessUsedSince})`);

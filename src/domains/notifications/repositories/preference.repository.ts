import type { Db, Tx } from '../../../database/db.ts';
import { bin, type Sql, sql } from '../../../database/sql.ts';
import type { OwnPreferences } from '../models/preferences.ts';

export type StoredPreferences = { readonly settings: OwnPreferences; readonly version: number };

const findWith = (db: Db, userId: string, lock: Sql) =>
  db.one<StoredPreferences>(sql`
    SELECT settings, version FROM notification_preferences
    WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} ${lock}`);

export const findPreferences = (db: Db, userId: string) => findWith(db, userId, sql``);
export const findPreferencesToChange = (tx: Tx, userId: string) => findWith(tx, userId, sql`FOR UPDATE`);

/** Makes the row that two first changes meet at. */
export const ensurePreferences = (tx: Tx, userId: string, settings: OwnPreferences, now: Date) =>
  tx.run(sql`
    INSERT INTO notification_preferences (tenant_id, user_id, settings, version, updated_at)
    VALUES (${tx.tenant}, ${bin(userId)}, ${JSON.stringify(settings)}, 1, ${now})
    ON DUPLICATE KEY UPDATE user_id = user_id`);

export const updatePreferences = (
  tx: Tx,
  userId: string,
  { settings, version }: StoredPreferences,
  now: Date,
) =>
  tx.run(sql`
    UPDATE notification_preferences
    SET settings = ${JSON.stringify(settings)}, version = ${version}, updated_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)}`);

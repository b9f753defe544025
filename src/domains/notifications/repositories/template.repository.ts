import type { Db, Tx } from '../../../database/db.ts';
import { list, sql } from '../../../database/sql.ts';
import type { OwnTemplate } from '../models/template.ts';

const columns = sql`template_key AS \`key\`, title, body, version, updated_at AS updatedAt`;

export const listTemplates = (db: Db) =>
  db.many<OwnTemplate>(sql`
    SELECT ${columns} FROM notification_templates WHERE tenant_id = ${db.tenant} ORDER BY template_key`);

/** Of the keys, those that the clinic has words of its own for. */
export const findTemplates = (db: Db, keys: readonly string[]) =>
  db.many<OwnTemplate>(sql`
    SELECT ${columns} FROM notification_templates WHERE tenant_id = ${db.tenant} AND template_key IN ${list(keys)}`);

/** Locked, where there is one. */
export const findTemplateToChange = (tx: Tx, key: string) =>
  tx.one<OwnTemplate>(sql`
    SELECT ${columns} FROM notification_templates
    WHERE tenant_id = ${tx.tenant} AND template_key = ${key} FOR UPDATE`);

export const saveTemplate = (tx: Tx, t: OwnTemplate) =>
  tx.run(sql`
    INSERT INTO notification_templates (tenant_id, template_key, title, body, version, updated_at)
    VALUES (${tx.tenant}, ${t.key}, ${t.title}, ${t.body}, ${t.version}, ${t.updatedAt})
    ON DUPLICATE KEY UPDATE title = VALUES(title), body = VALUES(body), version = VALUES(version),
      updated_at = VALUES(updated_at)`);

export const deleteTemplate = (tx: Tx, key: string) =>
  tx.run(sql`
    DELETE FROM notification_templates WHERE tenant_id = ${tx.tenant} AND template_key = ${key}`);

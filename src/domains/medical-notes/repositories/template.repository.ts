import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql, type Sql } from '../../../database/sql.ts';
import type { NoteTemplate } from '../models/template.ts';

const columns = sql`id, name, kind, content, version, created_at AS createdAt, updated_at AS updatedAt`;

const findWith = (db: Db, id: string, lock: Sql) =>
  db.one<NoteTemplate>(sql`
    SELECT ${columns} FROM medical_note_templates WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} ${lock}`);

export const findTemplate = (db: Db, id: string) => findWith(db, id, sql``);
export const findTemplateToChange = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE`);

/** In the order of creation, one more than `limit`. */
export const listTemplates = (db: Db, { limit, after }: { limit: number; after: string | undefined }) =>
  db.many<NoteTemplate>(sql`
    SELECT ${columns} FROM medical_note_templates
    WHERE tenant_id = ${db.tenant} ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit + 1)}`);

export const insertTemplate = (tx: Tx, template: NoteTemplate) =>
  tx.run(sql`
    INSERT INTO medical_note_templates (tenant_id, id, name, kind, content, version, created_at, updated_at)
    VALUES (${tx.tenant}, ${bin(template.id)}, ${template.name}, ${template.kind}, ${JSON.stringify(template.content)},
      ${template.version}, ${template.createdAt}, ${template.updatedAt})`);

export const updateTemplate = (tx: Tx, template: NoteTemplate) =>
  tx.run(sql`
    UPDATE medical_note_templates SET name = ${template.name}, kind = ${template.kind},
      content = ${JSON.stringify(template.content)}, version = ${template.version}, updated_at = ${template.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(template.id)}`);

export const deleteTemplate = (tx: Tx, id: string) =>
  tx.run(sql`DELETE FROM medical_note_templates WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

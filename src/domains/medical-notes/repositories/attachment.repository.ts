import type { Db, Tx } from '../../../database/db.ts';
import { bin, sql, type Sql } from '../../../database/sql.ts';
import type { StoredAttachment } from '../models/attachment.ts';

const columns = sql`a.id, a.note_id AS noteId, a.media_type AS mediaType, a.bytes, a.description AS sealed, a.signed,
  a.added_by AS addedBy, a.created_at AS createdAt`;

/** Those of a note that has been removed are gone with it. */
const select = (db: Db, condition: Sql) =>
  db.many<StoredAttachment>(sql`
    SELECT ${columns} FROM medical_note_attachments a
    JOIN medical_notes n ON n.tenant_id = a.tenant_id AND n.id = a.note_id AND n.deleted_at IS NULL
    WHERE a.tenant_id = ${db.tenant} AND ${condition} ORDER BY a.id`);

export const findAttachment = async (db: Db, id: string): Promise<StoredAttachment | undefined> =>
  (await select(db, sql`a.id = ${bin(id)}`))[0];

/** In the order in which they were added. */
export const listAttachments = (db: Db, noteId: string) => select(db, sql`a.note_id = ${bin(noteId)}`);

export const insertAttachment = (tx: Tx, a: StoredAttachment) =>
  tx.run(sql`
    INSERT INTO medical_note_attachments (tenant_id, id, note_id, media_type, bytes, description, signed, added_by,
      created_at)
    VALUES (${tx.tenant}, ${bin(a.id)}, ${bin(a.noteId)}, ${a.mediaType}, ${a.bytes}, ${a.sealed}, ${a.signed},
      ${bin(a.addedBy)}, ${a.createdAt})`);

export const markSigned = (tx: Tx, noteId: string) =>
  tx.run(sql`
    UPDATE medical_note_attachments SET signed = 1 WHERE tenant_id = ${tx.tenant} AND note_id = ${bin(noteId)}`);

export const deleteAttachment = (tx: Tx, id: string) =>
  tx.run(sql`DELETE FROM medical_note_attachments WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

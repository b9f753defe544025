import type { Db, Tx } from '../../../database/db.ts';
import { type SealedRow, sealedByOther } from '../../../database/sealed-rows.ts';
import { and, bin, count, type Sql, sql } from '../../../database/sql.ts';

type Found = { readonly found: number };
type Page = { readonly key: Buffer; readonly after: string | undefined; readonly limit: number };

export const countNotesOfOtherKeys = (db: Db, key: Buffer) =>
  db.one<Found>(sql`
    SELECT COUNT(*) AS found FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND ${sealedByOther(sql`content`, key)}`);

/** Also of those that were thrown away, and of addenda. */
export const listNotesOfOtherKeys = (tx: Tx, { key, after, limit }: Page) =>
  tx.many<SealedRow>(sql`
    SELECT id, content AS sealed FROM medical_notes
    WHERE tenant_id = ${tx.tenant} AND ${sealedByOther(sql`content`, key)}
      ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit)} FOR UPDATE`);

/** The note must not be locked by its signature meanwhile. */
export const updateSealedNote = (tx: Tx, { id, sealed }: SealedRow, words: string) =>
  tx.run(sql`
    UPDATE medical_notes SET content = ${sealed}, words = ${words}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const countAttachmentsOfOtherKeys = (db: Db, key: Buffer) =>
  db.one<Found>(sql`
    SELECT COUNT(*) AS found FROM medical_note_attachments
    WHERE tenant_id = ${db.tenant} AND ${sealedByOther(sql`description`, key)}`);

export const findAttachmentOfOtherKey = (db: Db, key: Buffer, after: string | undefined) =>
  db.one<SealedRow>(sql`
    SELECT id, description AS sealed FROM medical_note_attachments
    WHERE tenant_id = ${db.tenant} AND ${sealedByOther(sql`description`, key)}
      ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT 1`);

const selectDescription = (db: Db, id: string, lock: Sql) =>
  db.one<{ sealed: Buffer }>(sql`
    SELECT description AS sealed FROM medical_note_attachments
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} ${lock}`);
export const findDescription = async (db: Db, id: string) => (await selectDescription(db, id, sql``))?.sealed;
export const findDescriptionToChange = async (tx: Tx, id: string) =>
  (await selectDescription(tx, id, sql`FOR UPDATE`))?.sealed;

export const updateDescription = (tx: Tx, { id, sealed }: SealedRow) =>
  tx.run(sql`
    UPDATE medical_note_attachments SET description = ${sealed}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

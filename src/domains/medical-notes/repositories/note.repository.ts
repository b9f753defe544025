import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, list, sql, type Sql } from '../../../database/sql.ts';
import type { NoteKind, StoredNote } from '../models/note.ts';

const columns = sql`id, appointment_id AS appointmentId, patient_id AS patientId, doctor_id AS doctorId,
  addendum_to AS addendumTo, kind, content AS sealed, signed_by AS signedBy, signed_at AS signedAt,
  lower(hex(content_hash)) AS contentHash, version, created_at AS createdAt, updated_at AS updatedAt`;

type NoteRow = Omit<StoredNote, 'signature'> & {
  readonly signedBy: string | null;
  readonly signedAt: Date | null;
  readonly contentHash: string | null;
};

const toNote = ({ signedBy, signedAt, contentHash, ...note }: NoteRow): StoredNote => ({
  ...note,
  signature:
    signedBy !== null && signedAt && contentHash !== null ? { signedBy, signedAt, contentHash } : null,
});

const findWith = async (db: Db, id: string, lock: Sql): Promise<StoredNote | undefined> => {
  const row = await db.one<NoteRow>(sql`
    SELECT ${columns} FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND addendum_to IS NULL AND deleted_at IS NULL ${lock}`);
  return row && toNote(row);
};

export const findNote = (db: Db, id: string) => findWith(db, id, sql``);

/** Locked, so that nobody signs or changes it meanwhile. */
export const findNoteToChange = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE`);

export type NoteFilter = {
  readonly limit: number;
  readonly before: string | undefined;
  readonly patientId?: string | undefined;
  readonly patientIds?: readonly string[] | undefined;
  readonly appointmentId?: string | undefined;
  readonly kind?: NoteKind | undefined;
  readonly isSigned?: boolean | undefined;
  /** Theirs, signed or not, and signed ones of others. */
  readonly readBy?: string | undefined;
  /** Theirs only. */
  readonly doctorId?: string | undefined;
  /** A search in the index of words, in boolean mode. */
  readonly words?: string | undefined;
};

/** Without addenda, the newest first, one more than `limit`. A word in an addendum finds its note. */
export const listNotes = async (db: Db, filter: NoteFilter): Promise<StoredNote[]> => {
  const { limit, before, patientId, patientIds, appointmentId, kind, isSigned, readBy, doctorId, words } =
    filter;
  const rows = await db.many<NoteRow>(sql`
    SELECT ${columns} FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND addendum_to IS NULL AND deleted_at IS NULL ${and(
      before === undefined ? undefined : sql`id < ${bin(before)}`,
      patientId === undefined ? undefined : sql`patient_id = ${bin(patientId)}`,
      patientIds && sql`patient_id IN ${list(patientIds.map((id) => bin(id)))}`,
      appointmentId === undefined ? undefined : sql`appointment_id = ${bin(appointmentId)}`,
      kind && sql`kind = ${kind}`,
      isSigned === undefined ? undefined : isSigned ? sql`signed_at IS NOT NULL` : sql`signed_at IS NULL`,
      readBy === undefined ? undefined : sql`(doctor_id = ${bin(readBy)} OR signed_at IS NOT NULL)`,
      doctorId === undefined ? undefined : sql`doctor_id = ${bin(doctorId)}`,
      words === undefined
        ? undefined
        : sql`id IN (
            SELECT coalesce(addendum_to, id) FROM medical_notes
            WHERE tenant_id = ${db.tenant} AND MATCH (words) AGAINST (${words} IN BOOLEAN MODE))`,
    )}
    ORDER BY id DESC LIMIT ${count(limit + 1)}`);
  return rows.map(toNote);
};

/** The addenda of the notes, in the order of their making. */
export const listAddenda = async (db: Db, noteIds: readonly string[]): Promise<StoredNote[]> => {
  const rows = await db.many<NoteRow>(sql`
    SELECT ${columns} FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND addendum_to IN ${list(noteIds.map((id) => bin(id)))} ORDER BY id`);
  return rows.map(toNote);
};

const hash = (contentHash: string | undefined) =>
  contentHash === undefined ? null : Buffer.from(contentHash, 'hex');

export const giveNote = (tx: Tx, id: string, patientId: string) =>
  tx.run(sql`
    UPDATE medical_notes SET patient_id = ${bin(patientId)} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const insertNote = (tx: Tx, note: StoredNote, words: string) =>
  tx.run(sql`
    INSERT INTO medical_notes (tenant_id, id, appointment_id, patient_id, doctor_id, addendum_to, kind, content, words,
      signed_by, signed_at, content_hash, version, created_at, updated_at)
    VALUES (${tx.tenant}, ${bin(note.id)}, ${bin(note.appointmentId)}, ${bin(note.patientId)}, ${bin(note.doctorId)},
      ${bin(note.addendumTo)}, ${note.kind}, ${note.sealed}, ${words}, ${bin(note.signature?.signedBy)},
      ${note.signature?.signedAt ?? null}, ${hash(note.signature?.contentHash)}, ${note.version}, ${note.createdAt},
      ${note.updatedAt})`);

export const updateDraft = (tx: Tx, note: StoredNote, words: string) =>
  tx.run(sql`
    UPDATE medical_notes SET kind = ${note.kind}, content = ${note.sealed}, words = ${words}, version = ${note.version},
      updated_at = ${note.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(note.id)} AND signed_at IS NULL`);

/** For what belongs to a note and is kept beside it. */
export const bumpNote = (tx: Tx, { id, version, updatedAt }: StoredNote) =>
  tx.run(sql`
    UPDATE medical_notes SET version = ${version}, updated_at = ${updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const deleteDraft = (tx: Tx, id: string, deletedAt: Date) =>
  tx.run(sql`
    UPDATE medical_notes SET deleted_at = ${deletedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND signed_at IS NULL`);

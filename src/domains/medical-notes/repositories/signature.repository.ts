import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { bin, list, sql } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { CoSignature, Signature, StoredNote } from '../models/note.ts';
import { medicalNoteProblems } from '../problems.ts';

/** From here on the database refuses to change or delete the note. */
export const lockNote = (tx: Tx, id: string) =>
  tx.run(sql`
    INSERT INTO medical_note_locks (tenant_id, note_id, appointment_id, doctor_id, kind, signed_by, signed_at,
      content_hash, content_digest)
    SELECT tenant_id, id, appointment_id, doctor_id, kind, signed_by, signed_at, content_hash, content_digest
    FROM medical_notes WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** Whether it was locked: whoever encrypts it anew locks it again in the same transaction. */
export const unlockNote = async (tx: Tx, id: string): Promise<boolean> =>
  (
    await tx.run(sql`
      DELETE FROM medical_note_locks WHERE tenant_id = ${tx.tenant} AND note_id = ${bin(id)}`)
  ).affectedRows === 1;

export const signNote = async (tx: Tx, note: StoredNote, signature: Signature): Promise<void> => {
  await tx.run(sql`
    UPDATE medical_notes SET signed_by = ${bin(signature.signedBy)}, signed_at = ${signature.signedAt},
      content_hash = ${Buffer.from(signature.contentHash, 'hex')}, version = ${note.version},
      updated_at = ${note.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(note.id)} AND signed_at IS NULL`);
  await lockNote(tx, note.id);
};

/** By note, in the order of their making. */
export const listCoSignatures = async (
  db: Db,
  noteIds: readonly string[],
): Promise<ReadonlyMap<string, CoSignature[]>> => {
  const rows = await db.many<CoSignature & { noteId: string }>(sql`
    SELECT note_id AS noteId, doctor_id AS doctorId, signed_by AS signedBy, signed_at AS signedAt,
      lower(hex(content_hash)) AS contentHash
    FROM medical_note_cosignatures
    WHERE tenant_id = ${db.tenant} AND note_id IN ${list(noteIds.map((id) => bin(id)))}
    ORDER BY signed_at, doctor_id`);
  const byNote = new Map<string, CoSignature[]>();
  for (const { noteId, ...coSignature } of rows)
    byNote.set(noteId, [...(byNote.get(noteId) ?? []), coSignature]);
  return byNote;
};

/** 409 for a doctor who has done so before. */
export const insertCoSignature = async (tx: Tx, noteId: string, by: CoSignature): Promise<void> => {
  try {
    await tx.run(sql`
      INSERT INTO medical_note_cosignatures (tenant_id, note_id, doctor_id, signed_by, signed_at, content_hash)
      VALUES (${tx.tenant}, ${bin(noteId)}, ${bin(by.doctorId)}, ${bin(by.signedBy)}, ${by.signedAt},
        ${Buffer.from(by.contentHash, 'hex')})`);
  } catch (error) {
    if (duplicateKeyOf(error) === 'PRIMARY') throw new AppError(medicalNoteProblems.already_co_signed);
    throw error;
  }
};

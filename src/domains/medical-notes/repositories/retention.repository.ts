import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { StoredAttachment } from '../models/attachment.ts';
import type { StoredNote } from '../models/note.ts';

export const listTenantsWithNotes = async (db: SystemDb): Promise<string[]> => {
  const found = await db.many<{ tenantId: string }>(
    sql`SELECT DISTINCT tenant_id AS tenantId FROM medical_notes`,
  );
  return found.map(({ tenantId }) => tenantId);
};

/** Patients of whom there are notes from before `time`, ascending. */
export const listPatientsWithOldNotes = async (
  db: Db,
  time: Date,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<string[]> => {
  const found = await db.many<{ patientId: string }>(sql`
    SELECT DISTINCT patient_id AS patientId FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND created_at < ${time}
      ${and(after === undefined ? undefined : sql`patient_id > ${bin(after)}`)}
    ORDER BY patient_id LIMIT ${count(limit)}`);
  return found.map(({ patientId }) => patientId);
};

type DoomedNote = Pick<StoredNote, 'id' | 'patientId' | 'doctorId' | 'appointmentId' | 'addendumTo'>;

/** All of the patient, locked: signed or not, thrown away or not, with the addenda. */
export const listNotesToForget = (tx: Tx, patientId: string) =>
  tx.many<DoomedNote>(sql`
    SELECT id, patient_id AS patientId, doctor_id AS doctorId, appointment_id AS appointmentId,
      addendum_to AS addendumTo
    FROM medical_notes WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)} FOR UPDATE`);

export const listAttachmentsToForget = (tx: Tx, patientId: string) =>
  tx.many<Pick<StoredAttachment, 'id' | 'sealed'>>(sql`
    SELECT a.id, a.description AS sealed FROM medical_note_attachments a
    JOIN medical_notes n ON n.tenant_id = a.tenant_id AND n.id = a.note_id
    WHERE a.tenant_id = ${tx.tenant} AND n.patient_id = ${bin(patientId)}`);

/** What belongs to the notes first, then what is added to them, then the notes. */
export const deleteNotesOf = async (tx: Tx, patientId: string): Promise<void> => {
  const ofPatient = sql`n.tenant_id = ${tx.tenant} AND n.patient_id = ${bin(patientId)}`;
  await tx.run(sql`
    DELETE l FROM medical_note_locks l JOIN medical_notes n ON n.tenant_id = l.tenant_id AND n.id = l.note_id
    WHERE l.tenant_id = ${tx.tenant} AND ${ofPatient}`);
  await tx.run(sql`
    DELETE c FROM medical_note_cosignatures c JOIN medical_notes n ON n.tenant_id = c.tenant_id AND n.id = c.note_id
    WHERE c.tenant_id = ${tx.tenant} AND ${ofPatient}`);
  await tx.run(sql`
    DELETE a FROM medical_note_attachments a JOIN medical_notes n ON n.tenant_id = a.tenant_id AND n.id = a.note_id
    WHERE a.tenant_id = ${tx.tenant} AND ${ofPatient}`);
  await tx.run(sql`
    DELETE FROM medical_notes
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)} AND addendum_to IS NOT NULL`);
  await tx.run(sql`
    DELETE FROM medical_notes WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)}`);
};

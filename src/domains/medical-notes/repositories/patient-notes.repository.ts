import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { TimelineEntry, TimelinePage } from '../../patients/index.ts';

/**
 * Notes that name one patient name the other. Whose note it is, is no part of what is signed. Along this index the statement waits for
 * a note that is just being begun, instead of passing it over.
 */
export const moveNotes = (tx: Tx, { from, to }: { readonly from: string; readonly to: string }) =>
  tx.run(sql`
    UPDATE medical_notes FORCE INDEX (ix_medical_notes_patient) SET patient_id = ${bin(to)}
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)}`);

type Row = Pick<TimelineEntry, 'id' | 'occurredAt' | 'actorId' | 'doctorId'> & { isSigned: number };

/** Signed notes at the time of their signature, drafts of `ownDoctorId` when they were begun: the latest first. */
export const listNotesOfTimeline = async (
  db: Db,
  patientId: string,
  { before, limit }: TimelinePage,
  ownDoctorId: string | undefined,
): Promise<TimelineEntry[]> => {
  const at = sql`coalesce(signed_at, created_at)`;
  const until = before && ([new Date(before[0]), bin(before[1])] as const);
  const found = await db.many<Row>(sql`
    SELECT id, ${at} AS occurredAt, signed_by AS actorId, doctor_id AS doctorId, signed_at IS NOT NULL AS isSigned
    FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND deleted_at IS NULL
      AND (signed_at IS NOT NULL OR doctor_id = ${bin(ownDoctorId)}) ${and(
        until && sql`(${at} < ${until[0]} OR (${at} = ${until[0]} AND id < ${until[1]}))`,
      )}
    ORDER BY occurredAt DESC, id DESC LIMIT ${count(limit + 1)}`);
  return found.map(({ isSigned, ...row }) => ({
    ...row,
    kind: 'note',
    action: isSigned ? 'signed' : 'draft',
    serviceId: null,
    fields: [],
  }));
};

export const countNotes = async (db: Db, patientId: string): Promise<number> =>
  (
    await db.one<{ notes: number }>(sql`
      SELECT COUNT(*) AS notes FROM medical_notes
      WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND deleted_at IS NULL`)
  )?.notes ?? 0;

/** In the order of their making, without addenda. */
export const listSignedNoteIds = async (db: Db, patientId: string): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT id FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND addendum_to IS NULL
      AND signed_at IS NOT NULL AND deleted_at IS NULL
    ORDER BY id`);
  return found.map(({ id }) => id);
};

/** Drafts as well; without addenda, which are read with their note. */
export const listNoteIds = async (db: Db, patientId: string): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT id FROM medical_notes
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} AND addendum_to IS NULL AND deleted_at IS NULL`);
  return found.map(({ id }) => id);
};

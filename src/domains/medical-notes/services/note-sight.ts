import type { Db } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { StoredNote } from '../models/note.ts';
import { medicalNoteProblems } from '../problems.ts';

/** Whether the doctor has, or has had, an appointment with the patient: appointments know. */
export type Treats = (db: Db, doctorId: string, patientId: string) => Promise<boolean>;

/** Administrators know of every note; what it says is for doctors and the patient. */
export const readsContent = ({ permissions }: Ctx): boolean => permissions.has('notes:read:own');

/** Drafts are their author's. Signed notes are for the doctors who treat the patient, and for the patient. */
const sees = async (db: Db, ctx: Ctx, note: StoredNote, treats: Treats): Promise<boolean> => {
  if (ctx.permissions.has('notes:list') || (ctx.doctorId !== undefined && ctx.doctorId === note.doctorId))
    return true;
  if (note.signature === null) return false;
  if (ctx.doctorId !== undefined) return treats(db, ctx.doctorId, note.patientId);
  return ctx.patientId === note.patientId;
};

/** The note, if the caller may know of it; 404 otherwise, as for one that does not exist. */
export const demandSight = async (
  db: Db,
  ctx: Ctx,
  note: StoredNote | undefined,
  treats: Treats,
): Promise<StoredNote> => {
  if (!note || !(await sees(db, ctx, note, treats)))
    throw new AppError(medicalNoteProblems.medical_note_not_found);
  return note;
};

/** 403 for a note of another doctor. */
export const demandAuthor = ({ doctorId }: Ctx, note: StoredNote): void => {
  if (doctorId === undefined || note.doctorId !== doctorId)
    throw new AppError(commonProblems.forbidden, 'Only the doctor who wrote the note may do this.');
};

/** 409 for a signed note. */
export const demandDraft = ({ signature }: StoredNote): void => {
  if (signature !== null) throw new AppError(medicalNoteProblems.note_signed);
};

/** The signature of the note; 409 for a draft. */
export const demandSigned = ({ signature }: StoredNote) => {
  if (signature === null) throw new AppError(medicalNoteProblems.note_not_signed);
  return signature;
};

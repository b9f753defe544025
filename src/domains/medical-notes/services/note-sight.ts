import type { Db } from '../../../database/db.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { StoredNote } from '../models/note.ts';
import { medicalNoteProblems } from '../problems.ts';

/** Whether the doctor has, or has had, an appointment with the patient: appointments know. */
export type Treats = (db: Db, doctorId: string, patientId: string) => Promise<boolean>;

/** Drafts are their author's. Signed notes are for the doctors who treat the patient, for the patient and their guardians. */
const concerns = async (db: Db, ctx: Ctx, note: StoredNote, treats: Treats): Promise<boolean> => {
  if (ctx.doctorId === note.doctorId) return true;
  if (note.signature === null) return false;
  if (ctx.doctorId !== undefined) return treats(db, ctx.doctorId, note.patientId);
  return ownPatientIds(ctx).includes(note.patientId);
};

/** Whether a list is of every note of the clinic: then it says nothing of what they say. */
export const listsAll = ({ permissions }: Ctx): boolean => permissions.has('notes:list');

/** Whether the caller may read what concerns them. */
export const mayRead = ({ permissions }: Ctx): boolean => permissions.has('notes:read:own');

export type Sight = { readonly note: StoredNote; readonly withContent: boolean };

/**
 * The note, if the caller may know of it, and whether they may read it: administrators know of every note. 404 otherwise,
 * as for one that does not exist.
 */
export const demandSight = async (
  db: Db,
  ctx: Ctx,
  note: StoredNote | undefined,
  treats: Treats,
): Promise<Sight> => {
  const isConcerned = note !== undefined && (await concerns(db, ctx, note, treats));
  if (!note || !(isConcerned || listsAll(ctx)))
    throw new AppError(medicalNoteProblems.medical_note_not_found);
  return { note, withContent: isConcerned && mayRead(ctx) };
};

/** 403 for somebody who may know of the note and not what it says. */
export const demandReading = (sight: Sight): Sight => {
  if (!sight.withContent) throw new AppError(commonProblems.forbidden);
  return sight;
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

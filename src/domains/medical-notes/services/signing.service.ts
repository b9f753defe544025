import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import {
  type Addendum,
  isEmpty,
  type MedicalNote,
  type NoteContent,
  type StoredNote,
} from '../models/note.ts';
import { contentHashOf } from '../models/signed-form.ts';
import { medicalNoteProblems } from '../problems.ts';
import { markSigned } from '../repositories/attachment.repository.ts';
import { bumpNote, findNoteToChange, insertNote } from '../repositories/note.repository.ts';
import { insertCoSignature, lockNote, signNote } from '../repositories/signature.repository.ts';
import type { AttachmentBox } from './attachment-box.ts';
import type { NoteBox } from './note-box.ts';
import type { NoteJournal } from './note-journal.ts';
import { demandAuthor, demandDraft, demandSight, demandSigned, type Treats } from './note-sight.ts';

export type SigningDeps = {
  database: Database;
  clock: Clock;
  box: NoteBox;
  attachments: AttachmentBox;
  journal: NoteJournal;
  treats: Treats;
};
export type SigningService = ReturnType<typeof createSigningService>;

const demandWritten = (content: NoteContent): void => {
  if (isEmpty(content)) throw new AppError(medicalNoteProblems.note_empty);
};

/** The verbs that put a name below a note, after which it stays as it is. */
export const createSigningService = ({ database, clock, box, attachments, journal, treats }: SigningDeps) => {
  const next = (note: StoredNote) => nextVersion(note, {}, clock.now());

  return {
    sign: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<MedicalNote> =>
      database.transaction(ctx, async (tx) => {
        const { note: draft } = await demandSight(tx, ctx, await findNoteToChange(tx, id), treats);
        demandAuthor(ctx, draft);
        demandDraft(draft);
        demandVersion(draft, ifMatch);
        const content = await box.open(tx, draft);
        demandWritten(content);
        const files = (await attachments.list(tx, id)).map(({ sha256 }) => sha256);
        const by = { signedBy: ctx.userId, signedAt: clock.now() };
        const signature = {
          ...by,
          contentHash: contentHashOf({ ...draft, ...by, content, attachments: files }),
        };
        const note = { ...next(draft), signature };
        await signNote(tx, note, signature);
        await markSigned(tx, id);
        await journal.announce(tx, ctx, 'signed', note);
        return box.show(tx, note, true);
      }),

    /** What its author adds to a signed note. It is signed as it is made. */
    add: (ctx: Ctx, noteId: string, content: NoteContent): Promise<Addendum> =>
      database.transaction(ctx, async (tx) => {
        const { note } = await demandSight(tx, ctx, await findNoteToChange(tx, noteId), treats);
        demandAuthor(ctx, note);
        demandSigned(note);
        demandWritten(content);
        const [id, now] = [newId(), clock.now()];
        const { sealed, words } = await box.seal(tx, id, content);
        const by = { signedBy: ctx.userId, signedAt: now };
        const bare = { ...note, id, addendumTo: noteId, kind: 'addendum' as const, sealed };
        const signature = { ...by, contentHash: contentHashOf({ ...bare, ...by, content, attachments: [] }) };
        const addendum: StoredNote = { ...bare, signature, version: 1, createdAt: now, updatedAt: now };
        await insertNote(tx, addendum, words);
        await lockNote(tx, id);
        await bumpNote(tx, next(note));
        await journal.announce(tx, ctx, 'addendum_added', note, { addendumId: id });
        return box.toAddendum(tx, addendum, true);
      }),

    /** Another doctor who treats the patient signs as well. */
    coSign: (ctx: Ctx, id: string): Promise<MedicalNote> =>
      database.transaction(ctx, async (tx) => {
        const { note: signed } = await demandSight(tx, ctx, await findNoteToChange(tx, id), treats);
        const { contentHash } = demandSigned(signed);
        if (ctx.doctorId === undefined || ctx.doctorId === signed.doctorId)
          throw new AppError(
            commonProblems.forbidden,
            'A note is co-signed by another doctor than its author.',
          );
        const { doctorId, userId: signedBy } = ctx;
        await insertCoSignature(tx, id, { doctorId, signedBy, signedAt: clock.now(), contentHash });
        const note = next(signed);
        await bumpNote(tx, note);
        await journal.announce(tx, ctx, 'co_signed', note, { coSignedBy: doctorId });
        return box.show(tx, note, true);
      }),
  };
};

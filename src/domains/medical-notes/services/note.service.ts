import type { Database, Db } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import { appointmentProblems } from '../../appointments/index.ts';
import type { MedicalNote, StoredNote } from '../models/note.ts';
import { medicalNoteProblems } from '../problems.ts';
import {
  deleteDraft,
  findNote,
  findNoteToChange,
  giveNote,
  insertNote,
  listNotes,
  type NoteFilter,
  updateDraft,
} from '../repositories/note.repository.ts';
import type { CreateNote, ListNotes, UpdateNote } from '../validators/note.ts';
import type { NoteBox } from './note-box.ts';
import type { NoteJournal } from './note-journal.ts';
import { demandAuthor, demandDraft, demandSight, listsAll, mayRead, type Treats } from './note-sight.ts';

/** A visit that the caller may know of. */
export type FindVisit = (
  db: Db,
  ctx: Ctx,
  appointmentId: string,
) => Promise<{ doctorId: string; patientId: string; status: string } | undefined>;

export type NoteServiceDeps = {
  database: Database;
  keyring: Keyring;
  clock: Clock;
  box: NoteBox;
  journal: NoteJournal;
  treats: Treats;
  findVisit: FindVisit;
};
export type NoteService = ReturnType<typeof createNoteService>;

/** The verbs of a note until it is signed, and those that read it. */
export const createNoteService = (deps: NoteServiceDeps) => {
  const { database, keyring, clock, box, journal, treats, findVisit } = deps;

  /** Which notes the caller finds; `undefined`: none. A doctor finds those of others by the patient. */
  const reach = async (
    db: Db,
    ctx: Ctx,
    patientId: string | undefined,
  ): Promise<Partial<NoteFilter> | undefined> => {
    if (listsAll(ctx)) return { patientId };
    if (ctx.doctorId !== undefined) {
      const isTreated = patientId !== undefined && (await treats(db, ctx.doctorId, patientId));
      return { patientId, ...(isTreated ? { readBy: ctx.doctorId } : { doctorId: ctx.doctorId }) };
    }
    const own = ownPatientIds(ctx);
    const patientIds = patientId === undefined ? own : own.filter((id) => id === patientId);
    return patientIds.length === 0 ? undefined : { patientIds, isSigned: true };
  };

  const find = async (
    db: Db,
    ctx: Ctx,
    { limit, cursor, q, status, ...asked }: ListNotes,
  ): Promise<StoredNote[]> => {
    const before = decodeCursor(IdPosition, cursor)?.[0];
    const words = q === undefined ? undefined : await keyring.query(db, q);
    const reached = await reach(db, ctx, asked.patientId);
    const findsNothing =
      (q !== undefined && words === undefined) || (reached?.isSigned && status === 'draft');
    if (!reached || findsNothing) return [];
    const isSigned = status === undefined ? undefined : status === 'signed';
    return listNotes(db, { ...asked, isSigned, ...reached, limit, before, words });
  };

  return {
    /** A draft for a visit of the doctor who writes it. */
    create: (ctx: Ctx, { appointmentId, kind, content }: CreateNote): Promise<MedicalNote> =>
      database.transaction(ctx, async (tx) => {
        const visit = await findVisit(tx, ctx, appointmentId);
        if (!visit || visit.doctorId !== ctx.doctorId)
          throw new AppError(appointmentProblems.appointment_not_found);
        if (visit.status === 'cancelled') throw new AppError(medicalNoteProblems.appointment_cancelled);
        const [id, now] = [newId(), clock.now()];
        const { sealed, words } = await box.seal(tx, id, content);
        const note: StoredNote = {
          id,
          appointmentId,
          patientId: visit.patientId,
          doctorId: visit.doctorId,
          addendumTo: null,
          kind,
          sealed,
          signature: null,
          version: 1,
          createdAt: now,
          updatedAt: now,
        };
        await insertNote(tx, note, words);
        // A merge may have given the visit to another record since it was read. One that commits from here on finds the note.
        const { patientId } = (await findVisit(tx, ctx, appointmentId)) ?? visit;
        if (patientId !== note.patientId) await giveNote(tx, id, patientId);
        const settled = { ...note, patientId };
        await journal.announce(tx, ctx, 'created', settled);
        return box.show(tx, settled, true);
      }),

    list: (ctx: Ctx, query: ListNotes): Promise<Page<MedicalNote>> =>
      database.transaction(ctx, async (tx) => {
        const withContent = !listsAll(ctx) && mayRead(ctx);
        if (query.q !== undefined && !withContent)
          throw new AppError(commonProblems.forbidden, 'Only those who may read notes may search in them.');
        const page = toPage(await find(tx, ctx, query), query.limit, (last) => [last.id]);
        await journal.recordListed(tx, ctx, page.data);
        return { ...page, data: await box.showAll(tx, page.data, withContent) };
      }),

    get: (ctx: Ctx, id: string): Promise<MedicalNote> =>
      database.transaction(ctx, async (tx) => {
        const { note, withContent } = await demandSight(tx, ctx, await findNote(tx, id), treats);
        await journal.record(tx, ctx, 'read', note);
        return box.show(tx, note, withContent);
      }),

    /** Autosave. What was saved from another version than the current one is refused, and nothing is lost. */
    update: (ctx: Ctx, id: string, changes: UpdateNote, ifMatch: number | undefined): Promise<MedicalNote> =>
      database.transaction(ctx, async (tx) => {
        const { note: current } = await demandSight(tx, ctx, await findNoteToChange(tx, id), treats);
        demandAuthor(ctx, current);
        demandDraft(current);
        demandVersion(current, ifMatch);
        const { sealed, words } = await box.seal(tx, id, changes.content ?? (await box.open(tx, current)));
        const note = nextVersion(current, { kind: changes.kind, sealed }, clock.now());
        await updateDraft(tx, note, words);
        await journal.record(tx, ctx, 'updated', note, { fields: Object.keys(changes) });
        return box.show(tx, note, true);
      }),

    remove: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        const { note } = await demandSight(tx, ctx, await findNoteToChange(tx, id), treats);
        demandAuthor(ctx, note);
        demandDraft(note);
        demandVersion(note, ifMatch);
        await deleteDraft(tx, id, clock.now());
        await journal.announce(tx, ctx, 'deleted', note);
      }),
  };
};

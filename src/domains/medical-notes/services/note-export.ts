import type { Database, Db } from '../../../database/db.ts';
import type { ZipEntry } from '../../../shared/files/zip-stream.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { jsonStream } from '../../../shared/utils/json-stream.ts';
import { type ExportPart, type ExportSource, NOT_PERMITTED } from '../../patients/index.ts';
import { type MedicalNote, type StoredNote } from '../models/note.ts';
import { listAttachments } from '../repositories/attachment.repository.ts';
import { findNote } from '../repositories/note.repository.ts';
import { listSignedNoteIds } from '../repositories/patient-notes.repository.ts';
import type { AttachmentBox } from './attachment-box.ts';
import { createLetterheads, type LetterheadDeps } from './letterhead.ts';
import type { NoteBox } from './note-box.ts';
import { listsAll, mayRead, type Treats } from './note-sight.ts';
import { printNote } from './printed-note.ts';

export type NoteExportDeps = LetterheadDeps & {
  database: Database;
  box: NoteBox;
  attachments: AttachmentBox;
  treats: Treats;
};

async function* onePiece(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}

/** Which notes an export holds, and whether with what they say. */
export type NotePlan = {
  readonly noteIds: readonly string[];
  readonly withContent: boolean;
} & Pick<ExportPart, 'audited' | 'leftOut'>;

/** For an export: what the caller gets of a patient's notes is settled at once, the files are made when they are read. */
export type NoteExport = {
  plan(db: Db, ctx: Ctx, patientId: string): Promise<NotePlan>;
  /** One note at a time, as it is by then: one whose retention has ended meanwhile is gone. */
  files(tenantId: string, noteIds: readonly string[], withContent: boolean): AsyncGenerator<ZipEntry>;
};

/** What an export takes from notes, wherever they are. */
export const exportSourceOf =
  ({ plan, files }: NoteExport): ExportSource =>
  async (tx, ctx, { id }) => {
    const { noteIds, withContent, ...known } = await plan(tx, ctx, id);
    if (noteIds.length === 0) return known;
    return { ...known, files: () => files(ctx.tenantId, noteIds, withContent) };
  };

/** The signed notes of a patient with their files, for an export. Drafts are no part of the record yet. */
export const createNoteExport = (deps: NoteExportDeps): NoteExport => {
  const { database, box, attachments, treats } = deps;
  const letterheadOf = createLetterheads(deps);

  const reads = async (db: Db, ctx: Ctx, patientId: string): Promise<boolean> => {
    if (!mayRead(ctx)) return false;
    if (ownPatientIds(ctx).includes(patientId)) return true;
    return ctx.doctorId !== undefined && treats(db, ctx.doctorId, patientId);
  };

  const textsOf = async (db: Db, stored: StoredNote, withContent: boolean) => {
    const note = await box.show(db, stored, withContent);
    const head = await letterheadOf(db, stored);
    const folder = `notes/${head.visitAt.slice(0, 10)}-${note.kind}-${note.id}`;
    return { note, head, folder };
  };

  async function* filesOfNote(db: Db, stored: StoredNote): AsyncGenerator<ZipEntry> {
    const { note, head, folder } = await textsOf(db, stored, true);
    const attached = await attachments.list(db, note.id);
    yield { path: `${folder}/note.json`, content: noteJson({ ...note, attachments: attached }) };
    const pdf = await printNote({ ...note, content: note.content ?? {} }, head);
    yield { path: `${folder}/note.pdf`, content: onePiece(pdf) };
    for (const [at, file] of (await listAttachments(db, note.id)).entries()) {
      const description = await attachments.open(db, file);
      const content = async function* () {
        yield* await attachments.content(db, file.id, description);
      };
      yield { path: `${folder}/attachments/${at + 1}-${description.name}`, content: content() };
    }
  }

  async function* filesOf(db: Db, ids: readonly string[], withContent: boolean): AsyncGenerator<ZipEntry> {
    for (const id of ids) {
      const stored = await findNote(db, id);
      if (!stored) continue;
      if (withContent) yield* filesOfNote(db, stored);
      else {
        const { note, folder } = await textsOf(db, stored, false);
        yield { path: `${folder}/note.json`, content: noteJson(note) };
      }
    }
  }

  return {
    plan: async (db, ctx, patientId) => {
      const withContent = await reads(db, ctx, patientId);
      if (!withContent && !listsAll(ctx)) {
        return { noteIds: [], withContent, leftOut: [{ what: 'medicalNotes', why: NOT_PERMITTED }] };
      }
      const noteIds = await listSignedNoteIds(db, patientId);
      const what = 'The content of medicalNotes, their PDFs and attachments';
      return {
        noteIds,
        withContent,
        audited: { noteIds, ...(noteIds.length > 0 && { noteContent: withContent }) },
        leftOut: withContent ? [] : [{ what, why: NOT_PERMITTED }],
      };
    },
    files: (tenantId, noteIds, withContent) => filesOf(database.read(tenantId), noteIds, withContent),
  };
};

const noteJson = (note: MedicalNote & Readonly<Record<string, unknown>>) => jsonStream(note);

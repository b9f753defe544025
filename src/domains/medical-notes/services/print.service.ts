import { Readable } from 'node:stream';
import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Download } from '../../../shared/types/file.ts';
import { findNote } from '../repositories/note.repository.ts';
import { createLetterheads, type LetterheadDeps } from './letterhead.ts';
import type { NoteBox } from './note-box.ts';
import type { NoteJournal } from './note-journal.ts';
import { demandReading, demandSight, type Treats } from './note-sight.ts';
import { printNote } from './printed-note.ts';

export type PrintServiceDeps = LetterheadDeps & {
  database: Database;
  box: NoteBox;
  journal: NoteJournal;
  treats: Treats;
};
export type PrintService = ReturnType<typeof createPrintService>;

export const createPrintService = (deps: PrintServiceDeps) => {
  const { database, box, journal, treats } = deps;
  const letterheadOf = createLetterheads(deps);

  return {
    /** The note as a PDF, for those who may read it. */
    print: async (ctx: Ctx, id: string): Promise<Download> => {
      const [note, head] = await database.transaction(ctx, async (tx) => {
        const { note: found } = demandReading(await demandSight(tx, ctx, await findNote(tx, id), treats));
        await journal.record(tx, ctx, 'printed', found);
        return [await box.show(tx, found, true), await letterheadOf(tx, found)] as const;
      });
      const pdf = await printNote({ ...note, content: note.content ?? {} }, head);
      return {
        name: `${note.kind}-${head.visitAt.slice(0, 10)}.pdf`,
        mediaType: 'application/pdf',
        bytes: pdf.length,
        tag: String(note.version),
        open: () => Promise.resolve(Readable.from([pdf])),
      };
    },
  };
};

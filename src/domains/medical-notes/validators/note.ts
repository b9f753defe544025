import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { NoteContent, NoteKind, NoteStatus } from '../models/note.ts';

export const NoteParams = z.object({ id: Id });

export const CreateNote = z.strictObject({ appointmentId: Id, kind: NoteKind, content: NoteContent });
export type CreateNote = z.output<typeof CreateNote>;

/** The content is replaced as a whole. */
export const UpdateNote = CreateNote.omit({ appointmentId: true }).partial();
export type UpdateNote = z.output<typeof UpdateNote>;

export const AddAddendum = CreateNote.pick({ content: true });
export type AddAddendum = z.output<typeof AddAddendum>;

export const ListNotes = PageQuery.extend({
  patientId: Id.optional(),
  appointmentId: Id.optional(),
  status: NoteStatus.optional(),
  kind: NoteKind.optional(),
  q: z.string().trim().min(1).max(200).optional().meta({
    description:
      'Words that all occur in the note or in one of its addenda, in any case, with or without accents',
  }),
});
export type ListNotes = z.output<typeof ListNotes>;

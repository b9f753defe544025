import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { NoteContent, NoteKind } from './note.ts';

/** A text to begin notes with, for the whole clinic. It speaks of no patient. */
export const NoteTemplate = z
  .object({
    id: Id,
    name: text(100).meta({ example: 'First visit' }),
    kind: NoteKind,
    content: NoteContent,
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'NoteTemplate' });
export type NoteTemplate = z.output<typeof NoteTemplate>;

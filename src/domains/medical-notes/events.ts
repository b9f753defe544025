import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';

const OfNote = z.object({ noteId: Id, patientId: Id, doctorId: Id, appointmentId: Id });

/** Which note of whom, and never what it says. */
export const medicalNoteEvents = {
  'medical_note.created': { version: 1, summary: 'A draft of a note was begun', data: OfNote },
  'medical_note.deleted': { version: 1, summary: 'A draft was thrown away', data: OfNote },
  'medical_note.signed': { version: 1, summary: 'A note was signed', data: OfNote },
  'medical_note.addendum_added': {
    version: 1,
    summary: 'A signed note got an addendum',
    data: OfNote.extend({ addendumId: Id }),
  },
  'medical_note.attachment_added': {
    version: 1,
    summary: 'A file was attached to a note',
    data: OfNote.extend({ attachmentId: Id }),
  },
  'medical_note.attachment_removed': {
    version: 1,
    summary: 'A file was taken from a draft',
    data: OfNote.extend({ attachmentId: Id }),
  },
  'medical_note.retention_ended': {
    version: 1,
    summary: 'A note was removed for good, with its files: the clinic has kept it for long enough',
    data: OfNote,
  },
  'medical_note.co_signed': {
    version: 1,
    summary: 'Another doctor signed a note as well',
    data: OfNote.extend({ coSignedBy: Id }),
  },
} as const satisfies EventCatalogue;

import type { AuditTrail } from '../../../database/audit.ts';
import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import type { StoredNote } from '../models/note.ts';

export type NoteJournalDeps = { audit: AuditTrail; outbox: Outbox };
export type NoteJournal = ReturnType<typeof createNoteJournal>;

type Named = Pick<StoredNote, 'id' | 'patientId' | 'doctorId' | 'appointmentId'>;
/** A link says for whom it was made, and no more. */
type Reader = TenantCtx & Pick<Ctx, 'userId'> & Partial<Pick<Ctx, 'role'>>;
type More = Readonly<Record<string, unknown>>;

/** Writes down who read or changed which note of whom, in the same transaction. Never what it says. */
export const createNoteJournal = ({ audit, outbox }: NoteJournalDeps) => {
  const record = (tx: Tx, ctx: Reader, verb: string, { id, patientId }: Named, more: More = {}) =>
    audit.record(tx, ctx, {
      action: `medical_note.${verb}`,
      resourceType: 'medical_note',
      resourceId: id,
      patientId,
      changes: { patientId, ...more },
    });

  return {
    record,

    /** One row for each patient whose notes were shown together. */
    recordListed: async (tx: Tx, ctx: Ctx, notes: readonly Named[]): Promise<void> => {
      for (const patientId of new Set(notes.map((note) => note.patientId))) {
        const noteIds = notes.filter((note) => note.patientId === patientId).map(({ id }) => id);
        await audit.record(tx, ctx, {
          action: 'medical_note.listed',
          resourceType: 'patient',
          resourceId: patientId,
          changes: { noteIds },
        });
      }
    },

    /** A change that others hear of. */
    announce: async (tx: Tx, ctx: Ctx, verb: string, note: Named, more: More = {}): Promise<void> => {
      const { id, patientId, doctorId, appointmentId } = note;
      await record(tx, ctx, verb, note, more);
      await outbox.publish(tx, ctx, {
        type: `medical_note.${verb}`,
        payload: { noteId: id, patientId, doctorId, appointmentId, ...more },
      });
    },
  };
};

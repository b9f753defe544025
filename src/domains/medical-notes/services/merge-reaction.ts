import { z } from 'zod';
import type { Reaction } from '../../../events/reaction.ts';
import { Id } from '../../../shared/types/id.ts';
import { moveNotes } from '../repositories/patient-notes.repository.ts';

const Merged = z.object({ patientId: Id, duplicateId: Id });

/** Notes follow the record that was merged into another. They cannot do so in its transaction where that has another database. */
export const mergeReaction: Reaction<{ readonly type: string; readonly payload: unknown }> = {
  concerns: ({ type }) => type === 'patient.merged',

  handle: async (tx, { payload }) => {
    const { patientId: to, duplicateId: from } = Merged.parse(payload);
    await moveNotes(tx, { from, to });
  },
};

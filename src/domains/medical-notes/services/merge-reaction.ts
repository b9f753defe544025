import { z } from 'zod';
import type { Tx } from '../../../database/db.ts';
import { Id } from '../../../shared/types/id.ts';
import { moveNotes } from '../repositories/patient-notes.repository.ts';

const Merged = z.object({ patientId: Id, duplicateId: Id });

/** Notes follow the record that was merged into another. They cannot do so in its transaction where that has another database. */
export const followMerge = async (
  tx: Tx,
  { type, payload }: { readonly type: string; readonly payload: unknown },
): Promise<void> => {
  if (type !== 'patient.merged') return;
  const { patientId: to, duplicateId: from } = Merged.parse(payload);
  await moveNotes(tx, { from, to });
};

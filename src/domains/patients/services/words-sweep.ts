import type { Database } from '../../../database/db.ts';
import { listWithOldWords, writeWords } from '../repositories/patient-search.repository.ts';
import { findPatientToChange } from '../repositories/patient.repository.ts';

const AT_ONCE = 200;

/** Gives patients the words of this edition, until every one has them. Any number of processes may do so at once. */
export const createWordsSweep =
  ({ database }: { database: Database }) =>
  async (): Promise<void> => {
    for (;;) {
      const old = await listWithOldWords(database.system, AT_ONCE);
      for (const { tenantId, id } of old) {
        await database.transaction({ tenantId }, async (tx) => {
          const patient = await findPatientToChange(tx, id);
          if (patient) await writeWords(tx, patient);
        });
      }
      if (old.length < AT_ONCE) return;
    }
  };

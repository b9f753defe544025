import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import type { Dependant, Guardian } from '../models/guardian.ts';
import { patientProblems } from '../problems.ts';
import {
  deleteGuardian,
  insertGuardian,
  listDependants,
  listGuardians,
} from '../repositories/guardian.repository.ts';
import { findPatient } from '../repositories/patient.repository.ts';
import type { AddGuardian } from '../validators/relations.ts';
import type { PatientAccess } from './patient-access.ts';

export type GuardianDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  access: PatientAccess;
};
export type GuardianService = ReturnType<typeof createGuardianService>;

/** Who acts for whom. Staff say so; a guardian sees and does from the commit on what the patient may. */
export const createGuardianService = ({ database, audit, outbox, clock, access }: GuardianDeps) => ({
  list: async (ctx: Ctx, id: string): Promise<{ data: Guardian[] }> => {
    const db = database.read(ctx.tenantId);
    await access.demand(db, ctx, id);
    return { data: await listGuardians(db, id) };
  },

  dependants: async (ctx: Ctx, id: string): Promise<{ data: Dependant[] }> => {
    const db = database.read(ctx.tenantId);
    await access.demand(db, ctx, id);
    return { data: await listDependants(db, id) };
  },

  add: (ctx: Ctx, id: string, { guardianId, relationship }: AddGuardian): Promise<Guardian> =>
    database.transaction(ctx, async (tx) => {
      const { patient } = await access.demandToChange(tx, ctx, id);
      if (guardianId === id) throw invalid('/guardianId', 'must be another patient');
      const guardian = await findPatient(tx, guardianId);
      if (!guardian)
        throw new AppError(patientProblems.patient_not_found, 'The guardian is not a patient here.');
      const link = { patientId: patient.id, guardianId, relationship, createdAt: clock.now() };
      await insertGuardian(tx, link);
      await audit.record(tx, ctx, {
        action: 'patient.guardian_added',
        resourceType: 'patient',
        resourceId: id,
        changes: { guardianId, relationship },
      });
      await outbox.publish(tx, ctx, {
        type: 'patient.guardian_added',
        payload: { patientId: id, guardianId },
      });
      return { ...link, firstName: guardian.firstName, lastName: guardian.lastName };
    }),

  remove: (ctx: Ctx, id: string, guardianId: string): Promise<void> =>
    database.transaction(ctx, async (tx) => {
      await access.demandToChange(tx, ctx, id);
      if (!(await deleteGuardian(tx, id, guardianId))) throw new AppError(patientProblems.guardian_not_found);
      await audit.record(tx, ctx, {
        action: 'patient.guardian_removed',
        resourceType: 'patient',
        resourceId: id,
        changes: { guardianId },
      });
      await outbox.publish(tx, ctx, {
        type: 'patient.guardian_removed',
        payload: { patientId: id, guardianId },
      });
    }),
});

import type { AuditTrail } from '../../../database/audit.ts';
import type { Db, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Viewing } from '../models/access.ts';
import type { Patient } from '../models/patient.ts';
import { patientProblems } from '../problems.ts';
import { findPatient, findPatientToChange, findSurvivorId } from '../repositories/patient.repository.ts';
import { type Right, rightTo } from './patient-sight.ts';
import type { Visits } from './visits.ts';

export type PatientAccessDeps = {
  audit: AuditTrail;
  clock: Clock;
  visits: Pick<Visits, 'treats'>;
};
export type PatientAccess = ReturnType<typeof createPatientAccess>;
type Seen = { readonly patient: Patient; readonly right: Right };

/** Who gets to which record, and the trace that reading leaves. */
export const createPatientAccess = ({ audit, clock, visits }: PatientAccessDeps) => {
  const seenBy = (db: Db, ctx: Ctx, id: string) =>
    rightTo(db, ctx, id, { treats: visits.treats, now: clock.now() });

  /** 308 to the record that has everything now, for those who may see it; 404 otherwise. */
  const gone = async (db: Db, ctx: Ctx, id: string): Promise<AppError> => {
    const survivorId = await findSurvivorId(db, id);
    if (survivorId === undefined || !(await seenBy(db, ctx, survivorId))) {
      return new AppError(patientProblems.patient_not_found);
    }
    return new AppError(patientProblems.patient_merged, `The record is now ${survivorId}.`, {
      headers: { Location: `/api/v1/patients/${survivorId}` },
    });
  };

  const demandWith = async (
    db: Db,
    ctx: Ctx,
    id: string,
    patient: Patient | undefined,
    wrong: () => Promise<AppError>,
  ): Promise<Seen> => {
    const right = patient && (await seenBy(db, ctx, id));
    if (!patient || !right) throw await wrong();
    return { patient, right };
  };
  const unknown = () => Promise.resolve(new AppError(patientProblems.patient_not_found));

  return {
    /** The patient, if the caller may know of them; 404 otherwise. */
    demand: async (db: Db, ctx: Ctx, id: string): Promise<Seen> =>
      demandWith(db, ctx, id, await findPatient(db, id), unknown),

    /** {@link demand}, locked until the end of the transaction. */
    demandToChange: async (tx: Tx, ctx: Ctx, id: string): Promise<Seen> =>
      demandWith(tx, ctx, id, await findPatientToChange(tx, id), unknown),

    /** {@link demand}; a record that was merged into another sends there. */
    demandOrFollow: async (db: Db, ctx: Ctx, id: string): Promise<Seen> =>
      demandWith(db, ctx, id, await findPatient(db, id), () => gone(db, ctx, id)),

    /** Writes down that the caller read the record, in the transaction in which they do. */
    note: (
      tx: Tx,
      ctx: Ctx,
      { patient, right }: Seen,
      action: Viewing,
      what?: Readonly<Record<string, unknown>>,
    ): Promise<void> => {
      const changes = { ...(right === 'break_glass' && { breakGlass: true }), ...what };
      return audit.record(tx, ctx, {
        action,
        resourceType: 'patient',
        resourceId: patient.id,
        ...(Object.keys(changes).length > 0 && { changes }),
      });
    },
  };
};

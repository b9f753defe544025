import type { Tx } from '../../../database/db.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { isPatient } from '../models/visit-plan.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { patientProblems, type PatientsPort } from '../../patients/index.ts';

/** Whom a request is for, by id: patients act for themselves or for who depends on them, staff name a patient of the clinic. 404 for anybody else. */
export const namedPatient = async (
  tx: Tx,
  ctx: Ctx,
  patients: Pick<PatientsPort, 'exists'>,
  named: string | undefined,
): Promise<string> => {
  const patientId = named ?? ctx.patientId;
  if (patientId === undefined && !isPatient(ctx))
    throw invalid('/patientId', 'must name whom the visit is for');
  const isSomebodyElse = isPatient(ctx) && !ownPatientIds(ctx).includes(patientId ?? '');
  if (patientId === undefined || isSomebodyElse || !(await patients.exists(tx, patientId))) {
    throw new AppError(patientProblems.patient_not_found);
  }
  return patientId;
};

import type { Tx } from '../../../database/db.ts';
import { isPatient } from '../models/visit-plan.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { patientProblems, type PatientsPort } from '../../patients/index.ts';

/** Whom a request is for, by id: patients act for themselves, staff name a patient of the clinic. 404 for anybody else. */
export const namedPatient = async (
  tx: Tx,
  ctx: Ctx,
  patients: Pick<PatientsPort, 'find'>,
  named: string | undefined,
): Promise<string> => {
  const patientId = isPatient(ctx) ? ctx.patientId : named;
  if (patientId === undefined && !isPatient(ctx))
    throw invalid('/patientId', 'must name whom the visit is for');
  const isSomebodyElse = isPatient(ctx) && named !== undefined && named !== patientId;
  if (patientId === undefined || isSomebodyElse || !(await patients.find(tx, patientId))) {
    throw new AppError(patientProblems.patient_not_found);
  }
  return patientId;
};

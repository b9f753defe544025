import type { Ctx } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';

/** Whoever writes doctors may write any; a doctor only the own profile and hours. */
export const demandDoctorWrite = (ctx: Ctx, doctorId: string): void => {
  if (!ctx.permissions.has('doctors:write') && ctx.doctorId !== doctorId) {
    throw new AppError(commonProblems.forbidden, 'Doctors may change their own profile and hours only.');
  }
};

import { AppError } from '../../../shared/utils/errors.ts';
import { isAgainstTime } from '../problems.ts';

/** A problem with one time of a series names it as `occurrence`; any other error stays as it is. */
export const atOccurrence = (error: unknown, startsAt: Date): unknown => {
  if (!(error instanceof AppError) || !isAgainstTime(error.problem)) return error;
  const extensions = { ...error.extensions, occurrence: startsAt.toISOString() };
  return new AppError(error.problem, error.detail, { cause: error, extensions });
};

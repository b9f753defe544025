import { missingParentOf } from '../../../database/failures.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { doctorProblems } from '../problems.ts';

/** Runs a statement that names a location; the foreign key finds one that is not there, or is another tenant's. */
export const namingLocation = async <T>(statement: Promise<T>): Promise<T> => {
  try {
    return await statement;
  } catch (error) {
    if (missingParentOf(error)?.endsWith('_location')) {
      throw new AppError(doctorProblems.location_not_found, undefined, { cause: error });
    }
    throw error;
  }
};

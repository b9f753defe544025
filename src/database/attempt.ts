import { AppError } from '../shared/utils/errors.ts';
import type { BorrowedConnection } from './borrowed-connection.ts';

/**
 * Runs `work` behind a savepoint: if it ends in a problem, what it wrote is undone and the transaction can go on. Any
 * other error, such as a deadlock, has undone the whole transaction already, or must. An attempt holds no other, and whatever is asked
 * meanwhile is a part of it and waited for: what comes after it has failed would be kept.
 */
export const attemptOn = async <T>(connection: BorrowedConnection, work: () => Promise<T>): Promise<T> => {
  await connection.send('SAVEPOINT attempt');
  try {
    return await work();
  } catch (error) {
    connection.dropLater();
    if (error instanceof AppError) await connection.send('ROLLBACK TO SAVEPOINT attempt');
    throw error;
  }
};

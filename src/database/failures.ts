import { AppError, commonProblems } from '../shared/utils/errors.ts';

type DriverError = Error & { errno?: number; code?: string; fatal?: boolean };

const DUPLICATE_KEY = 1062;
const MISSING_PARENT = 1452;
const LOCKED = new Set([1205, 3572]);
const RETRYABLE = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);
/** The server is going away, is read-only for a failover, has too many clients, or the statement took too long. */
const SERVER_UNAVAILABLE = new Set([1040, 1053, 1077, 1079, 1152, 1290, 1317, 1836, 1927, 1969, 3024, 3032]);

export const unavailable = (cause: unknown): AppError =>
  new AppError(commonProblems.unavailable, undefined, { cause, headers: { 'Retry-After': '2' } });

const isDriverError = (error: unknown): error is DriverError =>
  error instanceof Error && ('errno' in error || 'code' in error);

/** Turns the loss of the server into 503 `unavailable`; leaves every other error as it is. */
export const translateFailure = (error: unknown): unknown => {
  if (!isDriverError(error)) return error;
  const lost = error.fatal === true || (error.errno !== undefined && SERVER_UNAVAILABLE.has(error.errno));
  const closed = /connection is in closed state|Connection lost|ECONN|EPIPE|ETIMEDOUT/.test(
    `${error.code ?? ''} ${error.message}`,
  );
  return lost || closed ? unavailable(error) : error;
};

/** A deadlock or a lock wait that ended: the transaction may be made again. */
export const isRetryable = (error: unknown): boolean =>
  isDriverError(error) && RETRYABLE.has(error.code ?? '');

/** A `NOWAIT` read met a row that another transaction holds. */
export const isLocked = (error: unknown): boolean => isDriverError(error) && LOCKED.has(error.errno ?? 0);

/** The unique key that a row ran into; MySQL writes `table.key`, MariaDB `key`. */
export const duplicateKeyOf = (error: unknown): string | undefined => {
  if (!isDriverError(error) || error.errno !== DUPLICATE_KEY) return undefined;
  return /for key '(?:[^.']*\.)?([^']+)'/.exec(error.message)?.[1];
};

/** The foreign key that found no parent row, in this tenant. */
export const missingParentOf = (error: unknown): string | undefined => {
  if (!isDriverError(error) || error.errno !== MISSING_PARENT) return undefined;
  return /CONSTRAINT `([^`]+)`/.exec(error.message)?.[1];
};

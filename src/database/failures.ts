import { isNativeError } from 'node:util/types';
import { AppError, commonProblems } from '../shared/utils/errors.ts';

type DriverError = Error & { errno?: number; code?: string; fatal?: boolean };

const DUPLICATE_KEY = 1062;
const MISSING_PARENT = 1452;
const STILL_REFERRED_TO = 1451;
const LOCKED = new Set([1205, 3572]);
/** A node of Galera says 1213 to the loser of a conflict with another node, also at the commit, and one of Group Replication 3101. */
const RETRYABLE = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_TRANSACTION_ROLLBACK_DURING_COMMIT',
]);
/** On MariaDB and on MySQL. */
const TOO_SLOW = new Set([1969, 3024]);
/** There are too many clients, or this statement took too long: the connection is as good as before. */
const OVERLOADED = [1040, ...TOO_SLOW];
/** Somebody ended the connection, or the server is going away, left its cluster (also in the middle of a commit) or became read-only in a failover. */
const LOST = new Set([1047, 1053, 1077, 1079, 1152, 1180, 1290, 1317, 1792, 1836, 1927, 3032, 3100, 3797]);
const UNAVAILABLE = new Set([...OVERLOADED, ...LOST]);

export const unavailable = (cause: unknown): AppError =>
  new AppError(commonProblems.unavailable, undefined, { cause, headers: { 'Retry-After': '2' } });

/** What has no number comes from the driver itself, which marks as fatal whatever a connection does not survive. */
const isDriverError = (error: unknown): error is DriverError =>
  isNativeError(error) && ('errno' in error || 'code' in error || 'fatal' in error);

const isFatal = ({ fatal }: DriverError) => fatal === true;

/** The statement took too long, wherever it ran. */
export const isTooSlow = (error: unknown): boolean => isDriverError(error) && TOO_SLOW.has(error.errno ?? 0);

/** Turns the loss of the server into 503 `unavailable`; leaves every other error as it is. */
export const translateFailure = (error: unknown): unknown =>
  isDriverError(error) && (isFatal(error) || UNAVAILABLE.has(error.errno ?? 0)) ? unavailable(error) : error;

/** Whether another connection, to a server that is well, would do better than the one that failed. */
export const isServerLost = (error: unknown): boolean =>
  isDriverError(error) && (isFatal(error) || LOST.has(error.errno ?? 0));

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

/** A row that others refer to was to be deleted. */
export const isReferredTo = (error: unknown): boolean =>
  isDriverError(error) && error.errno === STILL_REFERRED_TO;

/** The foreign key that found no parent row, in this tenant. */
export const missingParentOf = (error: unknown): string | undefined => {
  if (!isDriverError(error) || error.errno !== MISSING_PARENT) return undefined;
  return /CONSTRAINT `([^`]+)`/.exec(error.message)?.[1];
};

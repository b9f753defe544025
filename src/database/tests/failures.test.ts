import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../shared/utils/errors.ts';
import {
  duplicateKeyOf,
  isLocked,
  isRetryable,
  isServerLost,
  missingParentOf,
  translateFailure,
} from '../failures.ts';

const driverError = (fields: object) => Object.assign(new Error('driver'), fields);

describe('a failure of the driver', () => {
  test.each([
    ['a lost connection', { fatal: true, code: 'PROTOCOL_CONNECTION_LOST' }],
    ['a statement that comes after the loss', { fatal: true }],
    ['a connection that somebody killed', { errno: 1317 }],
    ['a server that shuts down', { errno: 1053 }],
    ['a server that has become read-only', { errno: 1290 }],
    ['a node that left its cluster', { errno: 1047 }],
    ['a node that left its cluster during a commit', { errno: 1180 }],
    ['a member of a group that is no majority', { errno: 3100 }],
    ['a statement that took too long on MySQL', { errno: 3024 }],
    ['a statement that took too long on MariaDB', { errno: 1969 }],
    ['too many clients', { errno: 1040 }],
  ])('%s is 503 unavailable, says when to come again, and keeps the cause for the log', (_what, fields) => {
    const cause = driverError(fields);
    const translated = translateFailure(cause);
    if (!(translated instanceof AppError)) throw new Error('Not translated');
    expect(translated).toMatchObject({ problem: { code: 'unavailable' }, cause });
    expect(translated.headers).toEqual({ 'Retry-After': '2' });
  });

  test('every other one stays what it is', () => {
    const others = [
      driverError({ errno: 1062, code: 'ER_DUP_ENTRY', message: "Duplicate entry 'ECONNRESET' for key 'a'" }),
      driverError({ errno: 1064, code: 'ER_PARSE_ERROR' }),
      new Error('ours'),
      'text',
    ];
    for (const error of others) expect(translateFailure(error)).toBe(error);
  });

  test('a lost or read-only server makes its connection useless; a slow statement does not', () => {
    expect(isServerLost(driverError({ errno: 1836 }))).toBe(true);
    expect(isServerLost(driverError({ fatal: true, code: 'ECONNRESET' }))).toBe(true);
    expect(isServerLost(driverError({ errno: 3024 }))).toBe(false);
    expect(isServerLost(new Error('ours'))).toBe(false);
  });

  test('only a deadlock, a lock wait that ended and a conflict with another node are tried again', () => {
    expect(isRetryable(driverError({ errno: 1213, code: 'ER_LOCK_DEADLOCK' }))).toBe(true);
    expect(isRetryable(driverError({ errno: 3101, code: 'ER_TRANSACTION_ROLLBACK_DURING_COMMIT' }))).toBe(
      true,
    );
    expect(isRetryable(driverError({ errno: 1205, code: 'ER_LOCK_WAIT_TIMEOUT' }))).toBe(true);
    expect(isRetryable(driverError({ errno: 1062, code: 'ER_DUP_ENTRY' }))).toBe(false);
    expect([1205, 3572].map((errno) => isLocked(driverError({ errno })))).toEqual([true, true]);
  });

  test('names the key or the parent as both servers write it', () => {
    const duplicate = (key: string) =>
      driverError({ errno: 1062, message: `Duplicate entry 'a' for key '${key}'` });
    expect([duplicate('users.uq_users_email'), duplicate('uq_users_email')].map(duplicateKeyOf)).toEqual([
      'uq_users_email',
      'uq_users_email',
    ]);
    const missing = driverError({
      errno: 1452,
      message: 'fails (`d`.`t`, CONSTRAINT `fk_t_p` FOREIGN KEY …)',
    });
    expect(missingParentOf(missing)).toBe('fk_t_p');
    expect([duplicateKeyOf(missing), missingParentOf(duplicate('a'))]).toEqual([undefined, undefined]);
  });
});

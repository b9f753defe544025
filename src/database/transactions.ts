import { outsideSpans } from '../shared/tracing/span.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { attemptOn } from './attempt.ts';
import type { BorrowedConnection } from './borrowed-connection.ts';
import { isRetryable, isTooSlow, translateFailure, unavailable } from './failures.ts';
import type { BoundedPool } from './pool.ts';
import { openScope, type Scope } from './scope.ts';
import { CannotShare, type Member, type Outcome, type Work, workTogether } from './shared-transaction.ts';

const ATTEMPTS = 5;
const NO_ATTEMPT_AFTER_MS = 10_000;

/** A rollback that fails would hand an open transaction to the connection's next user. */
const giveUp = async (connection: BorrowedConnection) => {
  try {
    await connection.rollback();
    connection.release();
  } catch {
    connection.destroy();
  }
};

const backoff = (attempt: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 2 ** attempt * 2));

/** Rows that many write are written in one order by all, however many transactions share a commit. */
const endAll = (connection: BorrowedConnection, scopes: readonly Scope[]) => {
  const endings = scopes.flatMap((scope) => [...scope.endings].map((ending) => [...ending, scope] as const));
  endings.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, statement, scope] of endings) connection.later(statement, scope);
};

/** What follows a commit may fail without taking the commit back, and for nobody else. */
const followed = ({ scope, outcome }: Member): Outcome => {
  if (outcome.status === 'rejected') return outcome;
  try {
    outsideSpans(scope.follow);
    return outcome;
  } catch (reason) {
    return { status: 'rejected', reason };
  }
};

/** A database that is too slow for all of them together is not helped by each of them. */
const causeOf = (error: unknown): unknown => {
  if (!(error instanceof CannotShare)) return translateFailure(error);
  const { cause } = error;
  if (isTooSlow(cause)) return translateFailure(cause);
  return cause instanceof AppError && cause.problem === commonProblems.unavailable ? cause : error;
};

let transactionCount = 0;
const nextName = () => String(++transactionCount);

/** Begins and ends transactions. */
export const createTransactions = (pool: BoundedPool) => {
  const runOnce = async <T>(work: (connection: BorrowedConnection) => Promise<T>): Promise<T> => {
    const connection = await pool.acquire();
    try {
      connection.begin();
      const result = await work(connection);
      await connection.commit();
      connection.release();
      return result;
    } catch (error) {
      await giveUp(connection);
      throw error;
    }
  };

  const runAgain = async <T>(work: (connection: BorrowedConnection) => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    for (let tried = 1; ; tried++) {
      try {
        return await runOnce(work);
      } catch (error) {
        if (!isRetryable(error)) throw translateFailure(error);
        const isLate = performance.now() - startedAt > NO_ATTEMPT_AFTER_MS;
        if (tried === ATTEMPTS || isLate) throw unavailable(error);
        pool.watch.retried();
        await backoff(tried);
      }
    }
  };

  return {
    /** Runs `work` in a transaction of its own, and after its commit what it has asked for; again after a deadlock or lock wait. */
    alone: async <T>(work: Work<T>): Promise<T> => {
      const [result, scope] = await runAgain(async (connection) => {
        const statements = {
          name: nextName(),
          execute: connection.execute,
          later: connection.later,
          attempt: <R>(attempted: () => Promise<R>) => attemptOn(connection, attempted),
        };
        const opened = openScope(statements, pool.watch);
        const worked = await work(statements, opened.forTenant);
        endAll(connection, [opened]);
        return [worked, opened] as const;
      });
      outsideSpans(scope.follow);
      return result;
    },

    /**
     * Runs all in one transaction, once, and answers what became of each. Throws an `AppError` where the server was too slow, or was lost, perhaps in
     * the middle of the commit; after any other error nothing was kept.
     */
    together: async (works: readonly Work[]): Promise<Outcome[]> => {
      const members = await runOnce(async (connection) => {
        const worked = await workTogether({ connection, name: nextName(), watch: pool.watch }, works);
        const kept = worked.filter(({ outcome }) => outcome.status === 'fulfilled');
        endAll(
          connection,
          kept.map(({ scope }) => scope),
        );
        return worked;
      }).catch((error: unknown) => {
        throw causeOf(error);
      });
      return members.map(followed);
    },
  };
};

import { outsideSpans } from '../shared/tracing/span.ts';
import { attemptOn } from './attempt.ts';
import type { BorrowedConnection } from './borrowed-connection.ts';
import { isRetryable, translateFailure, unavailable } from './failures.ts';
import type { BoundedPool } from './pool.ts';
import { openScope, type Scope } from './scope.ts';
import { type Outcome, type Work, workTogether } from './shared-transaction.ts';

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

const followAll = (scopes: readonly Scope[]) => {
  outsideSpans(() => {
    for (const scope of scopes) scope.follow();
  });
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
      followAll([scope]);
      return result;
    },

    /**
     * Runs all in one transaction, once, and answers what became of each. Throws an `AppError` where the server was lost, perhaps in the
     * middle of the commit; after any other error nothing was kept.
     */
    together: async (works: readonly Work[]): Promise<Outcome[]> => {
      const [outcomes, scopes] = await runOnce(async (connection) => {
        const members = await workTogether({ connection, name: nextName(), watch: pool.watch }, works);
        const kept = members.filter(({ outcome }) => outcome.status === 'fulfilled');
        const opened = kept.map(({ scope }) => scope);
        endAll(connection, opened);
        return [members.map(({ outcome }) => outcome), opened] as const;
      }).catch((error: unknown) => {
        throw translateFailure(error);
      });
      followAll(scopes);
      return outcomes;
    },
  };
};

import type { BorrowedConnection } from './borrowed-connection.ts';
import type { Execute } from './queries.ts';
import { openScope, type Scope, type Statements } from './scope.ts';
import type { Sql } from './sql.ts';
import type { DatabaseWatch } from './watch.ts';

/** What somebody does in a transaction, by whatever statements it is given. */
export type Work<T = unknown> = (statements: Statements, forTenant: Scope['forTenant']) => Promise<T>;
/** What became of it. */
export type Outcome = PromiseSettledResult<unknown>;

export type Member = { readonly scope: Scope; readonly outcome: Outcome };

type Sharing = {
  readonly connection: BorrowedConnection;
  readonly name: string;
  readonly watch: DatabaseWatch;
};

const isRead = ({ text }: Sql) => /^\s*SELECT\b/i.test(text);

/** Ends a transaction that several share, since not everybody can go on in it. */
export class CannotShare extends Error {
  override readonly name = 'CannotShare';
}

/**
 * Lets several work in one transaction, each as if it were alone. Whoever fails before it has written anything
 * leaves the others. A statement that fails ends the transaction for all, since it may have undone what others did; and so does whoever
 * fails later, since what was written can be taken back only together.
 */
export const workTogether = async (
  { connection, name, watch }: Sharing,
  works: readonly Work[],
): Promise<Member[]> => {
  let failure: unknown;

  const join = (work: Work) => {
    const owner = {};
    let hasWritten = false;
    let isDone = false;
    const fail = <E>(error: E): E => {
      failure ??= error;
      return error;
    };
    /** Whoever is done may still read: what is gathered is asked by one for others. */
    const note = (statement: Sql) => {
      if (failure !== undefined) throw new CannotShare('Another statement has failed', { cause: failure });
      if (isRead(statement)) return;
      if (isDone) throw new Error(`The statement came after the end of its transaction: ${statement.text}`);
      hasWritten = true;
    };
    const execute: Execute = async (statement) => {
      note(statement);
      try {
        return await connection.execute(statement, owner);
      } catch (error) {
        throw fail(error);
      }
    };
    const statements: Statements = {
      name,
      execute,
      later: (statement) => {
        note(statement);
        connection.later(statement, owner);
      },
      // A savepoint would take back what others do meanwhile.
      attempt: () => Promise.reject(fail(new CannotShare('An attempt needs a transaction of its own'))),
    };
    const scope = openScope(statements, watch);
    const run = async () => {
      try {
        return await work(statements, scope.forTenant);
      } catch (error) {
        if (hasWritten) fail(error);
        throw error;
      } finally {
        isDone = true;
      }
    };
    return { scope, settled: run() };
  };

  const joined = works.map(join);
  const outcomes = await Promise.allSettled(joined.map(({ settled }) => settled));
  if (failure !== undefined) throw new CannotShare('Somebody could not go on', { cause: failure });
  return joined.map(({ scope }, i) => ({ scope, outcome: outcomes[i] as Outcome }));
};

import type { FieldPacket, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2';
import { isServerLost, unavailable } from './failures.ts';
import { sql, type Sql } from './sql.ts';
import { statementText } from './statement-text.ts';
import type { DatabaseWatch } from './watch.ts';

type Outcome = [RowDataPacket[] | ResultSetHeader, FieldPacket[]];

/**
 * A connection until it is released or destroyed: a statement that comes later would end up in somebody else's
 * transaction, and is refused. Every call ends in time, also when the server has stopped answering.
 */
export type BorrowedConnection = {
  execute(statement: Sql): Promise<Outcome>;
  /** Runs the statement before the next one, or before the commit, on the same way to the server. If it fails, these fail. */
  later(statement: Sql): void;
  begin(): void;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Sends text as it is: settings and savepoints, which cannot be prepared. */
  send(text: string): Promise<void>;
  /** Forgets what was to run later. */
  dropLater(): void;
  release(): void;
  destroy(): void;
};

type BorrowOptions = {
  readonly silenceMs: number;
  readonly watch: DatabaseWatch;
  readonly lost: () => void;
  /**
   * Whether each statement is sent by itself. A node of Galera that lets another node's transaction win between two statements of
   * one packet does not say so: it undoes the transaction, and runs the rest of the packet outside of any.
   */
  readonly isOneByOne: () => boolean;
};

type Settle = (error: Error | null, result?: unknown, fields?: unknown) => void;

/** A text of ours without a value in it. */
const plain = (text: string): Sql => ({ ...sql``, text });

const BEGIN = plain('START TRANSACTION');
const COMMIT = plain('COMMIT');
const ROLLBACK = plain('ROLLBACK');

/** What was asked for, without values, which may tell of a person's health and must reach no log. */
const withoutValues = (error: Error, statements: readonly Sql[]): Error =>
  Object.assign(error, { sql: statements.map(({ text }) => text).join('; ') });

/**
 * A server that is frozen, or behind a network that swallows packets, keeps its connection open and would keep the
 * request for good: after `silenceMs` the connection is given up and the call fails with `unavailable`. A connection
 * to a server that is lost is given up as well, since nobody could use it after this. `lost` is told of both.
 */
export const borrow = (
  connection: PoolConnection,
  { silenceMs, watch, lost, isOneByOne }: BorrowOptions,
): BorrowedConnection => {
  let isReturned = false;
  /** Whether the server knows of the transaction, which begins with its first statement. */
  let isBegun = false;
  let waiting: Sql[] = [];

  const giveUp = () => {
    connection.destroy();
    lost();
  };

  const inTime = <T>(ask: (settle: Settle) => void, read: (result: unknown, fields: unknown) => T) =>
    new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        giveUp();
        reject(unavailable(new Error(`The database has not answered for ${silenceMs} ms`)));
      }, silenceMs);
      const settle: Settle = (error, result, fields) => {
        clearTimeout(timer);
        if (!error) {
          resolve(read(result, fields));
          return;
        }
        if (isServerLost(error)) giveUp();
        reject(error);
      };
      try {
        ask(settle);
      } catch (error) {
        settle(error as Error);
      }
    });

  const executeAlone = ({ text, values }: Sql): Promise<Outcome> =>
    inTime(
      (settle) => {
        connection.execute(text, values as never, settle);
      },
      (result, fields) => [result, fields] as Outcome,
    );

  const sendText = (text: string, statements: readonly Sql[]): Promise<[unknown, unknown]> =>
    inTime(
      (settle) => {
        connection.query(text, (error, results, fields) => {
          settle(error && withoutValues(error, statements), results, fields);
        });
      },
      (results, fields) => [results, fields],
    );

  /** Answers the outcome of the last. */
  const sendAtOnce = async (statements: readonly Sql[]): Promise<Outcome> => {
    if (statements.length > 1 && !isOneByOne()) {
      const [results, fields] = await sendText(statements.map(statementText).join(';\n'), statements);
      return [(results as unknown[]).at(-1), (fields as unknown[]).at(-1)] as Outcome;
    }
    let outcome: [unknown, unknown] = [undefined, undefined];
    for (const statement of statements) outcome = await sendText(statementText(statement), [statement]);
    return outcome as Outcome;
  };

  /** All that waits and then `last`, in one packet; answers the outcome of `last`. The first that fails is the last to run. */
  const sendWithWaiting = (last: Sql): Promise<Outcome> => {
    const statements = [...waiting, last];
    waiting = [];
    isBegun = true;
    return statements.reduce<() => Promise<Outcome>>(
      (send, statement) => (statement.values.length > 0 ? () => watch.statement(statement, send) : send),
      () => sendAtOnce(statements),
    )();
  };

  const demandNotReturned = ({ text }: Sql) => {
    if (isReturned) throw new Error(`The statement came after the end of its transaction: ${text}`);
  };

  watch.taken();
  const giveBack = () => {
    if (!isReturned) watch.givenBack();
    isReturned = true;
  };
  return {
    execute: async (statement) => {
      demandNotReturned(statement);
      if (waiting.length > 0) return sendWithWaiting(statement);
      return watch.statement(statement, () => executeAlone(statement));
    },
    later: (statement) => {
      demandNotReturned(statement);
      waiting.push(statement);
    },
    begin: () => {
      isBegun = false;
      waiting = [BEGIN];
    },
    commit: async () => {
      // Nothing but the beginning waits: there is nothing to commit.
      if (!isBegun && waiting.length === 1) waiting = [];
      else await sendWithWaiting(COMMIT);
    },
    rollback: async () => {
      waiting = [];
      if (isBegun) await sendWithWaiting(ROLLBACK);
    },
    send: async (text) => {
      await sendWithWaiting(plain(text));
    },
    dropLater: () => {
      waiting = [];
    },
    release: () => {
      giveBack();
      connection.release();
    },
    destroy: () => {
      giveBack();
      connection.destroy();
    },
  };
};

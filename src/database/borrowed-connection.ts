import type { FieldPacket, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2';
import { isServerLost, unavailable } from './failures.ts';
import type { Sql } from './sql.ts';
import { statementText } from './statement-text.ts';

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

type Settle = (error: Error | null, result?: unknown, fields?: unknown) => void;

const BEGIN = 'START TRANSACTION';

/** What was asked for, without values, which may tell of a person's health and must reach no log. */
const withoutValues = (error: Error, asked: readonly string[]): Error =>
  Object.assign(error, { sql: asked.join('; ') });

/**
 * A server that is frozen, or behind a network that swallows packets, keeps its connection open and would keep the
 * request for good: after `silenceMs` the connection is given up and the call fails with `unavailable`. A connection
 * to a server that is lost is given up as well, since nobody could use it after this.
 */
export const borrow = (connection: PoolConnection, silenceMs: number): BorrowedConnection => {
  let isReturned = false;
  /** Whether the server knows of the transaction, which begins with its first statement. */
  let isBegun = false;
  let waiting: { readonly text: string; readonly asked: string }[] = [];

  const inTime = <T>(ask: (settle: Settle) => void, read: (result: unknown, fields: unknown) => T) =>
    new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        connection.destroy();
        reject(unavailable(new Error(`The database has not answered for ${silenceMs} ms`)));
      }, silenceMs);
      const settle: Settle = (error, result, fields) => {
        clearTimeout(timer);
        if (!error) {
          resolve(read(result, fields));
          return;
        }
        if (isServerLost(error)) connection.destroy();
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

  /** All that waits and then `last`, in one packet; answers the outcome of `last`. The first that fails is the last to run. */
  const sendTogether = (last: { text: string; asked: string }): Promise<Outcome> => {
    const statements = [...waiting, last];
    waiting = [];
    isBegun = true;
    return inTime(
      (settle) => {
        connection.query(statements.map(({ text }) => text).join(';\n'), (error, results, fields) => {
          const asked = statements.map((statement) => statement.asked);
          settle(error && withoutValues(error, asked), results, fields);
        });
      },
      (results, fields) =>
        (statements.length === 1
          ? [results, fields]
          : [(results as unknown[]).at(-1), (fields as unknown[]).at(-1)]) as Outcome,
    );
  };

  const sendPlain = async (text: string) => {
    await sendTogether({ text, asked: text });
  };

  return {
    execute: async (statement) => {
      if (isReturned)
        throw new Error(`The statement came after the end of its transaction: ${statement.text}`);
      if (waiting.length === 0) return executeAlone(statement);
      return sendTogether({ text: statementText(statement), asked: statement.text });
    },
    later: (statement) => {
      if (isReturned)
        throw new Error(`The statement came after the end of its transaction: ${statement.text}`);
      waiting.push({ text: statementText(statement), asked: statement.text });
    },
    begin: () => {
      isBegun = false;
      waiting = [{ text: BEGIN, asked: BEGIN }];
    },
    commit: async () => {
      // Nothing but the beginning waits: there is nothing to commit.
      if (!isBegun && waiting.length === 1) waiting = [];
      else await sendPlain('COMMIT');
    },
    rollback: async () => {
      waiting = [];
      if (isBegun) await sendPlain('ROLLBACK');
    },
    send: sendPlain,
    dropLater: () => {
      waiting = [];
    },
    release: () => {
      isReturned = true;
      connection.release();
    },
    destroy: () => {
      isReturned = true;
      connection.destroy();
    },
  };
};

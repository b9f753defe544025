import type { FieldPacket, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2';
import { isServerLost, unavailable } from './failures.ts';
import { rowCountOf } from './merged-insertions.ts';
import { sql, type Sql } from './sql.ts';
import { createStatementQueue } from './statement-queue.ts';
import { statementText } from './statement-text.ts';
import type { DatabaseWatch } from './watch.ts';

type Outcome = [RowDataPacket[] | ResultSetHeader, FieldPacket[]];

/**
 * A connection until it is released or destroyed: a statement that comes later would end up in somebody else's
 * transaction, and is refused. Every call ends in time, also when the server has stopped answering.
 */
export type BorrowedConnection = {
  /**
   * In a transaction by its queue: statements of one turn of the event loop go to the server in one packet. `owner` is whose
   * statement it is where several share the transaction.
   */
  execute(statement: Sql, owner?: object): Promise<Outcome>;
  /** Runs the statement before the next one, or before the commit, on the same way to the server. If it fails, these fail. */
  later(statement: Sql, owner?: object): void;
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

const ownRowsIn = ([header, fields]: Outcome, insertion: Sql): Outcome => [
  { ...(header as ResultSetHeader), affectedRows: rowCountOf(insertion) },
  fields,
];

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

const MOST_VALUES_PREPARED = 64;

/**
 * The beginning of a transaction, its end and savepoints cannot be. Long lists are not, since they come in many lengths: they would push
 * other statements out, and the driver keeps a description of every value.
 */
const isPrepared = ({ values }: Sql): boolean => values.length > 0 && values.length <= MOST_VALUES_PREPARED;

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
  let isEnding = false;
  /** Whether the server knows of the transaction, which begins with its first statement. */
  let isBegun = false;
  let isInTransaction = false;

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

  const sendInOnePacket = async (statements: readonly Sql[]): Promise<Outcome[]> => {
    const [results, fields] = await sendText(statements.map(statementText).join(';\n'), statements);
    return statements.map((_, i) => [(results as unknown[])[i], (fields as unknown[])[i]] as Outcome);
  };

  const sendAlone = async (statement: Sql): Promise<Outcome> =>
    isPrepared(statement)
      ? executeAlone(statement)
      : ((await sendText(statementText(statement), [statement])) as Outcome);

  /** The outcomes in their order. The first that fails is the last to run. */
  const send = async (statements: readonly Sql[]): Promise<Outcome[]> => {
    if (statements.length > 1 && !isOneByOne()) return sendInOnePacket(statements);
    const outcomes: Outcome[] = [];
    for (const statement of statements) outcomes.push(await sendAlone(statement));
    return outcomes;
  };

  const sendWatched = (statements: readonly Sql[]): Promise<Outcome[]> => {
    isBegun = true;
    return statements.reduce<() => Promise<Outcome[]>>(
      (go, statement) => (statement.values.length > 0 ? () => watch.statement(statement, go) : go),
      () => send(statements),
    )();
  };

  const queue = createStatementQueue(sendWatched, ownRowsIn);

  const demandUsable = ({ text }: Sql) => {
    if (isReturned || isEnding)
      throw new Error(`The statement came after the end of its transaction: ${text}`);
  };

  watch.taken();
  const giveBack = () => {
    if (!isReturned) watch.givenBack();
    isReturned = true;
  };
  return {
    execute: async (statement, owner) => {
      demandUsable(statement);
      return isInTransaction
        ? queue.ask(statement, owner)
        : watch.statement(statement, () => sendAlone(statement));
    },
    later: (statement, owner) => {
      demandUsable(statement);
      queue.add(statement, owner);
    },
    begin: () => {
      isBegun = false;
      isInTransaction = true;
      isEnding = false;
      queue.reset([BEGIN]);
    },
    commit: async () => {
      isEnding = true;
      // Nothing but the beginning waits: there is nothing to commit.
      if (!isBegun && queue.length() === 1) queue.reset();
      else await queue.ask(COMMIT);
    },
    rollback: async () => {
      isEnding = true;
      queue.reset();
      await queue.idle();
      if (isBegun) await queue.ask(ROLLBACK);
    },
    send: async (text) => {
      await queue.ask(plain(text));
    },
    dropLater: () => {
      queue.reset();
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

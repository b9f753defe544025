import type { FieldPacket, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { isServerLost, unavailable } from './failures.ts';
import type { Sql } from './sql.ts';
import type { DatabaseWatch } from './watch.ts';

/**
 * A connection until it is released or destroyed: a statement that comes later would end up in somebody else's
 * transaction, and is refused. Every call ends in time, also when the server has stopped answering.
 */
export type BorrowedConnection = {
  execute(statement: Sql): Promise<[RowDataPacket[] | ResultSetHeader, FieldPacket[]]>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Sends text as it is: settings and savepoints, which cannot be prepared. */
  send(text: string): Promise<void>;
  release(): void;
  destroy(): void;
};

/**
 * A server that is frozen, or behind a network that swallows packets, keeps its connection open and would keep the
 * request for good: after `silenceMs` the connection is given up and the call fails with `unavailable`. A connection
 * to a server that is lost is given up as well, since nobody could use it after this.
 */
export const borrow = (
  connection: PoolConnection,
  { silenceMs, watch }: { readonly silenceMs: number; readonly watch: DatabaseWatch },
): BorrowedConnection => {
  const inTime = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        connection.destroy();
        reject(unavailable(new Error(`The database has not answered for ${silenceMs} ms`)));
      }, silenceMs);
      const fail = (error: Error) => {
        if (isServerLost(error)) connection.destroy();
        reject(error);
      };
      answer.then(resolve, fail).finally(() => {
        clearTimeout(timer);
      });
    });
  let isReturned = false;
  watch.taken();
  const giveBack = () => {
    if (!isReturned) watch.givenBack();
    isReturned = true;
  };
  return {
    execute: async (statement) => {
      const { text, values } = statement;
      if (isReturned) throw new Error(`The statement came after the end of its transaction: ${text}`);
      return watch.statement(statement, () =>
        inTime(connection.execute<RowDataPacket[]>(text, values as never)),
      );
    },
    begin: () => inTime(connection.beginTransaction()),
    commit: () => inTime(connection.commit()),
    rollback: () => inTime(connection.rollback()),
    send: async (text) => {
      await inTime(connection.query(text));
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

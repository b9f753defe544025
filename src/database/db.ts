import type { FieldPacket, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { IdempotencyKey } from '../shared/types/idempotency.ts';
import { isRetryable, translateFailure } from './failures.ts';
import { answerOnce, type AnswerSeal } from './idempotency.ts';
import type { BoundedPool } from './pool.ts';
import { bin, uuidOf, type Sql } from './sql.ts';

type Queries = {
  many<Row>(statement: Sql): Promise<Row[]>;
  one<Row>(statement: Sql): Promise<Row | undefined>;
  run(statement: Sql): Promise<{ readonly affectedRows: number }>;
};

/** A handle bound to one tenant: refuses a statement that does not name `tenant_id`. `tenant` is its key as bytes. */
export type Db = Queries & { readonly tenantId: string; readonly tenant: Buffer };

declare const inTransaction: unique symbol;
/** A {@link Db} known to be inside a transaction; writes ask for this type, so forgetting one fails to compile. */
export type Tx = Db & { readonly [inTransaction]: true; afterCommit(act: () => void): void };

/** For what has no tenant: finding a tenant by name, the relay, the operator's jobs. */
export type SystemDb = Queries;
export type SystemTx = SystemDb & { readonly [inTransaction]: true };

/** For whom a transaction runs, and the `Idempotency-Key` that it answers, if there is one. */
export type TransactionScope = { readonly tenantId: string; readonly idempotency?: IdempotencyKey };

export type Database = {
  /** Reads outside a transaction. */
  read(tenantId: string): Db;
  /**
   * Commits all of `work` or nothing, at READ COMMITTED; runs it again after a deadlock or lock wait. With an
   * idempotency key the answer commits too, and a repetition throws `IdempotentReplay` without running `work`.
   */
  transaction<T>(scope: TransactionScope, work: (tx: Tx) => Promise<T>): Promise<T>;
  readonly system: SystemDb & { transaction<T>(work: (tx: SystemTx) => Promise<T>): Promise<T> };
  close(): Promise<void>;
};

const ATTEMPTS = 5;
const BINARY_16 = { type: 254, length: 16, charset: 63 };
const TINYINT_1 = { type: 1, length: 1 };

/** BINARY(16) leaves the database as UUID text and TINYINT(1) as a boolean, told by the columns' own types. */
const decodeRows = (rows: RowDataPacket[], fields: FieldPacket[]): RowDataPacket[] => {
  const decoders: [name: string, decode: (value: never) => unknown][] = [];
  for (const { name, columnType, columnLength, characterSet } of fields) {
    if (
      columnType === BINARY_16.type &&
      columnLength === BINARY_16.length &&
      characterSet === BINARY_16.charset
    ) {
      decoders.push([name, uuidOf]);
    } else if (columnType === TINYINT_1.type && columnLength === TINYINT_1.length) {
      decoders.push([name, (value: number) => value === 1]);
    }
  }
  for (const row of rows) {
    for (const [name, decode] of decoders) if (row[name] !== null) row[name] = decode(row[name] as never);
  }
  return rows;
};

type Execute = (statement: Sql) => Promise<[RowDataPacket[] | ResultSetHeader, FieldPacket[]]>;

const queriesBy = (execute: Execute): Queries => {
  const many = async <Row>(statement: Sql) => {
    const [rows, fields] = await execute(statement);
    return decodeRows(rows as RowDataPacket[], fields) as Row[];
  };
  return {
    many,
    one: async <Row>(statement: Sql) => (await many<Row>(statement))[0],
    run: async (statement) => (await execute(statement))[0] as ResultSetHeader,
  };
};

const refusingOtherTenants =
  (execute: Execute): Execute =>
  (statement) => {
    if (!statement.text.includes('tenant_id'))
      throw new Error(`Statement names no tenant: ${statement.text}`);
    return execute(statement);
  };

const bind = (execute: Execute, tenantId: string): Db => ({
  tenantId,
  tenant: bin(tenantId),
  ...queriesBy(refusingOtherTenants(execute)),
});

const executeOn =
  (connection: PoolConnection): Execute =>
  (statement) =>
    connection.execute<RowDataPacket[]>(statement.text, statement.values as never);

/** A rollback that fails would hand an open transaction to the connection's next user. */
const giveUp = async (connection: PoolConnection) => {
  try {
    await connection.rollback();
    connection.release();
  } catch {
    connection.destroy();
  }
};

const backoff = (attempt: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 2 ** attempt * 2));

/** `seal` encrypts the answers that are kept for idempotency keys. */
export const createDatabase = (pool: BoundedPool, seal: AnswerSeal): Database => {
  const executeOnPool: Execute = async (statement) => {
    const connection = await pool.acquire();
    try {
      return await executeOn(connection)(statement);
    } catch (error) {
      throw translateFailure(error);
    } finally {
      connection.release();
    }
  };

  const attempt = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    const connection = await pool.acquire();
    try {
      await connection.beginTransaction();
      const result = await work(executeOn(connection));
      await connection.commit();
      connection.release();
      return result;
    } catch (error) {
      await giveUp(connection);
      throw error;
    }
  };

  const transact = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried++) {
      try {
        return await attempt(work);
      } catch (error) {
        if (!isRetryable(error) || tried === ATTEMPTS) throw translateFailure(error);
        await backoff(tried);
      }
    }
  };

  const transaction = async <T>(
    { tenantId, idempotency }: TransactionScope,
    work: (tx: Tx) => Promise<T>,
  ) => {
    let afterCommit: (() => void)[] = [];
    const result = await transact((execute) => {
      afterCommit = [];
      const tx = {
        ...bind(execute, tenantId),
        afterCommit: (act: () => void) => afterCommit.push(act),
      } as unknown as Tx;
      return idempotency ? answerOnce(queriesBy(execute), idempotency, seal, () => work(tx)) : work(tx);
    });
    for (const act of afterCommit) act();
    return result;
  };

  return {
    read: (tenantId) => bind(executeOnPool, tenantId),
    transaction,
    system: {
      ...queriesBy(executeOnPool),
      transaction: (work) => transact((execute) => work(queriesBy(execute) as SystemTx)),
    },
    close: () => pool.end(),
  };
};

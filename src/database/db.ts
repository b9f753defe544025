import { outsideSpans } from '../shared/tracing/span.ts';
import type { IdempotencyKey } from '../shared/types/idempotency.ts';
import type { Reader } from '../shared/utils/write-marks.ts';
import { attemptOn } from './attempt.ts';
import type { BorrowedConnection } from './borrowed-connection.ts';
import { isRetryable, isTooSlow, translateFailure, unavailable } from './failures.ts';
import { answerOnce, type AnswerSeal } from './idempotency.ts';
import type { BoundedPool } from './pool.ts';
import { type Execute, type Queries, queriesBy } from './queries.ts';
import type { Copies, Replica } from './replicas.ts';
import { bin, type Sql } from './sql.ts';
import { changesSchedules, renewScheduleVersion } from './versions.ts';
import type { DatabaseWatch } from './watch.ts';

/** A handle bound to one tenant: refuses a statement that does not name `tenant_id`. `tenant` is its key as bytes. */
export type Db = Queries & {
  readonly tenantId: string;
  readonly tenant: Buffer;
  /** Whether what is read may be remembered by its version: not where schedules or calendars are being changed. */
  mayRemember(): boolean;
  /** Reads of one lane, which are of one tenant and from one server, may share a statement, see `gathered-read.ts`; those of a transaction share none. */
  readonly lane?: string;
};

declare const inTransaction: unique symbol;
/** A {@link Db} known to be inside a transaction; writes ask for this type, so forgetting one fails to compile. */
export type Tx = Db & {
  readonly [inTransaction]: true;
  afterCommit(act: () => void): void;
  /** Runs together with the next statement or the commit, which fail if it does: for what nobody waits to hear of. */
  later(statement: Sql): void;
  /**
   * Runs after everything else, once for each key and in the order of keys, together with the commit: for rows that many
   * write. Nobody who has such a row waits for anything but the commit, so that no two can wait for each other.
   */
  atEnd(key: string, statement: Sql): void;
  /** Undoes what `work` did if it ends in a problem, and only that: whoever catches the problem may go on. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
};

/** For what has no tenant: finding a tenant by name, the relay, the operator's jobs. */
export type SystemDb = Queries;
export type SystemTx = SystemDb & {
  readonly [inTransaction]: true;
  /** Like that of a {@link Tx}. */
  later(statement: Sql): void;
  /** The same transaction, bound to a tenant: for what an operator does to one. */
  forTenant(tenantId: string): Tx;
};

/** For whom a transaction runs, and the `Idempotency-Key` that it answers, if there is one. */
export type TransactionScope = { readonly tenantId: string; readonly idempotency?: IdempotencyKey };

export type Database = {
  /** Reads outside a transaction. */
  read(tenantId: string): Db;
  /**
   * The same from a replica, where there is one that is not far behind: what others did a moment ago may be missing, what the reader
   * did is there. Only for what is computed from much, and decides nothing.
   */
  readCopy(reader: Reader): Promise<Db>;
  /**
   * Commits all of `work` or nothing, at READ COMMITTED; runs it again after a deadlock or lock wait. With an
   * idempotency key the answer commits too, and a repetition throws `IdempotentReplay` without running `work`.
   */
  transaction<T>(scope: TransactionScope, work: (tx: Tx) => Promise<T>): Promise<T>;
  readonly system: SystemDb & { transaction<T>(work: (tx: SystemTx) => Promise<T>): Promise<T> };
  close(): Promise<void>;
};

const ATTEMPTS = 5;
const NO_ATTEMPT_AFTER_MS = 10_000;

const refusingOtherTenants =
  <T>(act: (statement: Sql) => T) =>
  (statement: Sql): T => {
    if (!statement.text.includes('tenant_id'))
      throw new Error(`Statement names no tenant: ${statement.text}`);
    return act(statement);
  };

/** Without a replica, what it reads is the primary's. */
const bind = (execute: Execute, tenantId: string, watch: DatabaseWatch, replica?: Replica): Db => ({
  tenantId,
  tenant: bin(tenantId),
  mayRemember: () => true,
  lane: `${tenantId}${replica?.name ?? ''}`,
  ...queriesBy(
    refusingOtherTenants((statement) => watch.ofTenant(tenantId, statement, () => execute(statement))),
  ),
});

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

/** `seal` encrypts the answers that are kept for idempotency keys. */
export const createDatabase = (pool: BoundedPool, seal: AnswerSeal, copies?: Copies): Database => {
  const executeOn = async (at: BoundedPool, statement: Sql) => {
    const connection = await at.acquire();
    try {
      return await connection.execute(statement);
    } finally {
      connection.release();
    }
  };
  const executeOnPool: Execute = (statement) =>
    executeOn(pool, statement).catch((error: unknown) => {
      throw translateFailure(error);
    });

  /** All from one replica, since what it has fits together; from the primary, which has more, once that has failed. */
  const executeFrom = (replica: Replica): Execute => {
    let isGood = true;
    return async (statement) => {
      if (!isGood) return executeOnPool(statement);
      try {
        return await executeOn(replica.pool, statement);
      } catch (error) {
        if (isTooSlow(error)) throw translateFailure(error);
        isGood = false;
        replica.leaveOut(error);
        return executeOnPool(statement);
      }
    };
  };

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

  const transact = async <T>(work: (connection: BorrowedConnection) => Promise<T>): Promise<T> => {
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

  /** Runs `work` in a transaction whose parts are bound to tenants, and after its commit what these have asked for. */
  const commit = async <T>(
    work: (connection: BorrowedConnection, forTenant: (tenantId: string) => Tx) => Promise<T>,
  ): Promise<T> => {
    let afterCommit: (() => void)[] = [];
    const result = await transact(async (connection) => {
      afterCommit = [];
      const attempt = async <R>(attempted: () => Promise<R>) => {
        const actsBefore = [...afterCommit];
        try {
          return await attemptOn(connection, attempted);
        } catch (error) {
          afterCommit = actsBefore;
          throw error;
        }
      };
      /** What is to run at the end, by tenant and key. */
      const endings = new Map<string, Sql>();
      const changing = new Set<string>();
      const forTenant = (tenantId: string): Tx => {
        const noting = <R>(run: (statement: Sql) => R) =>
          refusingOtherTenants((statement: Sql): R => {
            if (changesSchedules(statement)) renewScheduleVersion(tx);
            return run(statement);
          });
        const tx = {
          ...bind(noting(connection.execute), tenantId, pool.watch),
          lane: undefined,
          mayRemember: () => !changing.has(tenantId),
          later: noting(connection.later),
          atEnd: (key: string, statement: Sql) => {
            changing.add(tenantId);
            endings.set(tenantId + key, statement);
          },
          afterCommit: (act: () => void) => afterCommit.push(act),
          attempt,
        } as unknown as Tx;
        return tx;
      };
      const worked = await work(connection, forTenant);
      const last = [...endings].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [, statement] of last) connection.later(statement);
      return worked;
    });
    outsideSpans(() => {
      for (const act of afterCommit) act();
    });
    return result;
  };

  const transaction = <T>({ tenantId, idempotency }: TransactionScope, work: (tx: Tx) => Promise<T>) => {
    return commit(({ execute, later }, forTenant) => {
      const tx = forTenant(tenantId);
      if (!idempotency) return work(tx);
      return answerOnce({ ...queriesBy(execute), later }, idempotency, seal, () => work(tx));
    });
  };

  return {
    read: (tenantId) => bind(executeOnPool, tenantId, pool.watch),
    readCopy: async (reader) => {
      const replica = await copies?.for(reader);
      const execute = replica ? executeFrom(replica) : executeOnPool;
      return bind(execute, reader.tenantId, pool.watch, replica);
    },
    transaction,
    system: {
      ...queriesBy(executeOnPool),
      transaction: (work) =>
        commit(({ execute, later }, forTenant) =>
          work({ ...queriesBy(execute), later, forTenant } as SystemTx),
        ),
    },
    close: async () => {
      await Promise.all([pool.end(), copies?.end()]);
    },
  };
};

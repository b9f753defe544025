import type { IdempotencyKey } from '../shared/types/idempotency.ts';
import type { Reader } from '../shared/utils/write-marks.ts';
import { isTooSlow, translateFailure } from './failures.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Db, SystemDb, SystemTx, Tx } from './handles.ts';
import { answerOnce, type AnswerSeal } from './idempotency.ts';
import type { BoundedPool } from './pool.ts';
import { type Execute, queriesBy } from './queries.ts';
import type { Copies, Replica } from './replicas.ts';
import { bind } from './scope.ts';
import type { Work } from './shared-transaction.ts';
import type { Sql } from './sql.ts';
import { createTransactions } from './transactions.ts';

export type { Db, SystemDb, SystemTx, Tx };

/** For whom a transaction runs, and the `Idempotency-Key` that it answers, if there is one. */
export type TransactionScope = {
  readonly tenantId: string;
  readonly idempotency?: IdempotencyKey;
  /**
   * By id, all that is decided about. Where it is given, the transaction may share its commit with others of the tenant that
   * touch nothing of it, see `group-commit.ts`.
   */
  readonly touches?: readonly string[];
};

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

/** Of two requests with one key, the second hears what the first was answered. */
const nameOfKey = ({ userId, key }: IdempotencyKey) => `${userId} ${key}`;

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

  const { alone, together } = createTransactions(pool);
  const inGroup = createGroupCommit({ alone, together, watch: pool.watch });

  const transaction = <T>(scope: TransactionScope, work: (tx: Tx) => Promise<T>): Promise<T> => {
    const { tenantId, idempotency, touches } = scope;
    const working: Work<T> = ({ execute, later }, forTenant) => {
      const tx = forTenant(tenantId);
      if (!idempotency) return work(tx);
      return answerOnce({ ...queriesBy(execute), later }, idempotency, seal, () => work(tx));
    };
    if (touches === undefined) return alone(working);
    return inGroup(tenantId, idempotency ? [...touches, nameOfKey(idempotency)] : touches, working);
  };

  return {
    read: (tenantId) => bind(executeOnPool, tenantId, pool.watch),
    readCopy: async (reader) => {
      const replica = await copies?.for(reader);
      const execute = replica ? executeFrom(replica) : executeOnPool;
      const name = `${reader.tenantId}${replica?.name ?? ''}`;
      return bind(execute, reader.tenantId, pool.watch, { name, isTransaction: false });
    },
    transaction,
    system: {
      ...queriesBy(executeOnPool),
      transaction: (work) =>
        alone(({ execute, later }, forTenant) =>
          work({ ...queriesBy(execute), later, forTenant } as SystemTx),
        ),
    },
    close: async () => {
      await Promise.all([pool.end(), copies?.end()]);
    },
  };
};

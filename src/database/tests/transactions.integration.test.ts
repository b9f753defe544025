import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import type { Database, Tx } from '../db.ts';
import { createPool, type BoundedPool } from '../pool.ts';
import { count, sql } from '../sql.ts';
import { addCounters, counterColumns, createTable, type Table } from './a-table.ts';

let table: Table;
beforeAll(async () => {
  table = await createTable(counterColumns);
});
afterAll(() => table.remove());

const someTenant = async () => {
  const tenantId = newId();
  await addCounters(table, tenantId);
  return tenantId;
};
const add = (tx: Tx, id: number) =>
  tx.run(sql`UPDATE things SET n = n + 1 WHERE tenant_id = ${tx.tenant} AND id = ${id}`);
const countersOf = async (tenantId: string, database: Database = table.database) => {
  const db = database.read(tenantId);
  const rows = await db.many<{ n: number }>(
    sql`SELECT n FROM things WHERE tenant_id = ${db.tenant} ORDER BY id`,
  );
  return rows.map(({ n }) => n);
};

/** Lets the first two who come on together; whoever comes later passes. */
const meetingOfTwo = () => {
  let come = 0;
  let letOn: () => void;
  const both = new Promise<void>((resolve) => (letOn = resolve));
  return async () => {
    come += 1;
    if (come === 2) letOn();
    await both;
  };
};

/** The connections of `pool`, with some of their methods replaced. */
const tampered = (pool: BoundedPool, methods: object): BoundedPool => ({
  ...pool,
  acquire: async () => ({ ...(await pool.acquire()), ...methods }),
});

describe('a deadlock', () => {
  test('is run again: both transactions commit, each once', async () => {
    const tenantId = await someTenant();
    const meet = meetingOfTwo();
    let runs = 0;
    const addInOrder = (first: number, second: number) =>
      table.database.transaction({ tenantId }, async (tx) => {
        runs += 1;
        await add(tx, first);
        await meet();
        await add(tx, second);
      });
    await Promise.all([addInOrder(1, 2), addInOrder(2, 1)]);
    expect(runs).toBe(3);
    expect(await countersOf(tenantId)).toEqual([2, 2]);
  });

  test('that comes again and again ends with 503 after five attempts', async () => {
    const deadlock = Object.assign(new Error('deadlock'), { errno: 1213, code: 'ER_LOCK_DEADLOCK' });
    let runs = 0;
    const always = table.database.transaction({ tenantId: newId() }, () => {
      runs += 1;
      return Promise.reject(deadlock);
    });
    await expect(always).rejects.toMatchObject({ problem: { code: 'unavailable' }, cause: deadlock });
    expect(runs).toBe(5);
  });
});

describe('a transaction', () => {
  test('that throws leaves nothing behind', async () => {
    const tenantId = await someTenant();
    const failing = table.database.transaction({ tenantId }, async (tx) => {
      await add(tx, 1);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await countersOf(tenantId)).toEqual([0, 0]);
  });

  test('runs what is to follow the commit after it, once, and not after a rollback', async () => {
    const tenantId = await someTenant();
    const followed: string[] = [];
    const meet = meetingOfTwo();
    const commit = (first: number, second: number) =>
      table.database.transaction({ tenantId }, async (tx) => {
        tx.afterCommit(() => followed.push('committed'));
        await add(tx, first);
        await meet();
        await add(tx, second);
        expect(followed).not.toContain(`${first}`);
      });
    await Promise.all([commit(1, 2), commit(2, 1)]);
    const rollback = table.database.transaction({ tenantId }, (tx) => {
      tx.afterCommit(() => followed.push('rolled back'));
      return Promise.reject(new Error('no'));
    });
    await rollback.catch(() => undefined);
    expect(followed).toEqual(['committed', 'committed']);
  });

  test('whose rollback fails does not leak to the next user of the pool', async () => {
    const tenantId = await someTenant();
    const pool = createPool({ ...table.config, poolSize: 1 });
    const unlucky = table.through(tampered(pool, { rollback: () => Promise.reject(new Error('lost')) }));
    const failing = unlucky.transaction({ tenantId }, async (tx) => {
      await add(tx, 1);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await countersOf(tenantId, unlucky)).toEqual([0, 0]);
    await unlucky.transaction({ tenantId }, (tx) => add(tx, 2));
    expect(await countersOf(tenantId)).toEqual([0, 1]);
    await unlucky.close();
  });

  test('whose connection dies is 503 and leaves nothing behind; the next one gets a live connection', async () => {
    const tenantId = await someTenant();
    const pool = createPool({ ...table.config, poolSize: 1 });
    const database = table.through(pool);
    const dying = database.transaction({ tenantId }, async (tx) => {
      await add(tx, 1);
      const own = await tx.one<{ id: number }>(sql`SELECT connection_id() AS id /* tenant_id */`);
      // By somebody else: a node of Galera commits before it carries out this statement.
      await table.database.system.run(sql`KILL CONNECTION ${count(own?.id ?? 0)}`);
      await add(tx, 2);
    });
    await expect(dying).rejects.toMatchObject({ problem: { code: 'unavailable' } });
    expect(await countersOf(tenantId, database)).toEqual([0, 0]);
    await database.close();
  });

  test('that has ended takes no more statements: they would belong to somebody else', async () => {
    const tenantId = await someTenant();
    let kept: Tx | undefined;
    await table.database.transaction({ tenantId }, async (tx) => {
      kept = tx;
      await add(tx, 1);
    });
    await expect(kept && add(kept, 2)).rejects.toThrow('after the end of its transaction');
    expect(await countersOf(tenantId)).toEqual([1, 0]);
  });
});

const addLater = (tx: Tx, id: number) => {
  tx.later(sql`UPDATE things SET n = n + 1 WHERE tenant_id = ${tx.tenant} AND id = ${id}`);
};
const countsIn = async (tx: Tx) =>
  (await tx.many<{ n: number }>(sql`SELECT n FROM things WHERE tenant_id = ${tx.tenant} ORDER BY id`)).map(
    ({ n }) => n,
  );
const FAILING = sql`SELECT n FROM nowhere WHERE tenant_id = 1`;

describe('what a transaction asks in one turn of the event loop', () => {
  test('runs in order, with what was to run later between, and each asker hears its own answer', async () => {
    const tenantId = await someTenant();
    const answers = await table.database.transaction({ tenantId }, (tx) => {
      const before = countsIn(tx);
      addLater(tx, 2);
      return Promise.all([before, add(tx, 1), countsIn(tx)]);
    });
    expect(answers).toEqual([[0, 0], expect.objectContaining({ affectedRows: 1 }), [1, 1]]);
    expect(await countersOf(tenantId)).toEqual([1, 1]);
  });

  test('fails together, and undoes everything', async () => {
    const tenantId = await someTenant();
    const outcomes: string[] = [];
    const failing = table.database.transaction({ tenantId }, async (tx) => {
      const asked = [add(tx, 1), tx.run(FAILING), countsIn(tx)];
      outcomes.push(...(await Promise.allSettled(asked)).map(({ status }) => status));
      await Promise.all(asked);
    });
    await expect(failing).rejects.toThrow();
    expect(outcomes).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await countersOf(tenantId)).toEqual([0, 0]);
  });

  test('fails with what was asked before it and has undone the transaction meanwhile', async () => {
    const tenantId = await someTenant();
    const failing = table.database.transaction({ tenantId }, async (tx) => {
      await add(tx, 1);
      const asked = tx.run(FAILING);
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
      const outcomes = await Promise.allSettled([asked, add(tx, 2)]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await asked;
    });
    await expect(failing).rejects.toThrow();
    expect(await countersOf(tenantId)).toEqual([0, 0]);
  });

  test('changes nothing once another part of the work has failed', async () => {
    const tenantId = await someTenant();
    let late: Promise<unknown> | undefined;
    const failing = table.database.transaction({ tenantId }, async (tx) => {
      late = countsIn(tx).then(() => add(tx, 1));
      await Promise.all([tx.run(FAILING), late]);
    });
    await expect(failing).rejects.toThrow();
    await expect(late).rejects.toThrow();
    const goingOn = table.database.transaction({ tenantId }, async (tx) => {
      late = countsIn(tx).then(() => add(tx, 1));
      await Promise.all([Promise.reject(new AppError(commonProblems.forbidden)), late]);
    });
    await expect(goingOn).rejects.toThrow(AppError);
    await expect(late).rejects.toThrow('has ended');
    expect(await countersOf(tenantId)).toEqual([0, 0]);
  });
});

describe('what a transaction writes later', () => {
  test('is there for its next statement, and commits with it', async () => {
    const tenantId = await someTenant();
    const seen = await table.database.transaction({ tenantId }, async (tx) => {
      addLater(tx, 1);
      const counts = await countsIn(tx);
      addLater(tx, 2);
      return counts;
    });
    expect(seen).toEqual([1, 0]);
    expect(await countersOf(tenantId)).toEqual([1, 1]);
  });

  test('is undone with an attempt that failed', async () => {
    const tenantId = await someTenant();
    await table.database.transaction({ tenantId }, async (tx) => {
      addLater(tx, 1);
      const failing = tx.attempt(() => {
        addLater(tx, 2);
        return Promise.reject(new AppError(commonProblems.forbidden));
      });
      await failing.catch(() => undefined);
    });
    expect(await countersOf(tenantId)).toEqual([1, 0]);
  });

  test('undoes everything when it fails, and its error tells no value', async () => {
    const tenantId = await someTenant();
    const failing = table.database.transaction({ tenantId }, async (tx) => {
      await add(tx, 1);
      tx.later(sql`INSERT INTO nowhere (tenant_id, words) VALUES (${tx.tenant}, ${'a private word'})`);
      addLater(tx, 2);
    });
    const error: unknown = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify({ ...(error as object), message: (error as Error).message })).not.toContain(
      'private',
    );
    expect(await countersOf(tenantId)).toEqual([0, 0]);
  });

  test('must name the tenant', async () => {
    const nameless = table.database.transaction({ tenantId: newId() }, (tx) => {
      tx.later(sql`DELETE FROM things`);
      return Promise.resolve();
    });
    await expect(nameless).rejects.toThrow('names no tenant');
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../shared/types/id.ts';
import { until } from '../../shared/tests/until.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import type { Tx } from '../db.ts';
import { createPool } from '../pool.ts';
import { duplicateKeyOf } from '../failures.ts';
import { bin, count, sql } from '../sql.ts';
import { createTable, type Table } from './a-table.ts';

let table: Table;
beforeAll(async () => {
  table = await createTable(sql`slot INT NOT NULL, owner INT NOT NULL, PRIMARY KEY (tenant_id, slot)`);
});
afterAll(() => table.remove());

const take = (tx: Tx, slot: number, owner: number) =>
  tx.run(sql`INSERT INTO things (tenant_id, slot, owner) VALUES (${tx.tenant}, ${slot}, ${owner})`);
const takenIn = async (tenantId: string) => {
  const found = await table.database
    .read(tenantId)
    .many<{ slot: number; owner: number }>(
      sql`SELECT slot, owner FROM things WHERE tenant_id = ${bin(tenantId)} ORDER BY slot`,
    );
  return found.map(({ slot, owner }) => [slot, owner]);
};
const connectionOf = async (tx: Tx) =>
  (await tx.one<{ id: number }>(sql`SELECT connection_id() AS id /* tenant_id */`))?.id ?? 0;
const refused = () => new AppError(commonProblems.forbidden);

/** All at once, each of which touches its own. */
const atOnce = (tenantId: string, works: readonly ((tx: Tx) => Promise<unknown>)[]) =>
  Promise.allSettled(
    works.map((work, i) => table.database.transaction({ tenantId, touches: [String(i)] }, work)),
  );
const values = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason)));

describe('transactions that touch nothing in common', () => {
  test('share a connection and a commit; each hears of its own rows, and what follows comes after all', async () => {
    const tenantId = newId();
    const followed: number[] = [];
    const outcomes = await atOnce(
      tenantId,
      [0, 1, 2].map((owner) => async (tx) => {
        tx.afterCommit(() => followed.push(owner));
        const [{ affectedRows }, connection] = [await take(tx, owner, owner), await connectionOf(tx)];
        expect(followed).toEqual([]);
        return { affectedRows, connection };
      }),
    );
    const told = values(outcomes);
    expect(told).toEqual(told.map(() => told[0]));
    expect(told[0]).toMatchObject({ affectedRows: 1 });
    expect(followed).toEqual([0, 1, 2]);
    expect(await takenIn(tenantId)).toEqual([0, 1, 2].map((each) => [each, each]));
  });

  test('go on without whoever fails before writing, who hears why', async () => {
    const tenantId = newId();
    let runs = 0;
    const outcomes = await atOnce(tenantId, [
      async (tx) => {
        runs += 1;
        await take(tx, 1, 1);
      },
      () => Promise.reject(refused()),
      async (tx) => {
        await connectionOf(tx);
        throw refused();
      },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: { problem: { code: 'forbidden' } } });
    expect(await takenIn(tenantId)).toEqual([[1, 1]]);
    expect(runs).toBe(1);
  });

  test('are made one by one when one fails after writing: what it wrote is gone, and what it meant to do is not done', async () => {
    const tenantId = newId();
    const followed: number[] = [];
    const outcomes = await atOnce(tenantId, [
      async (tx) => {
        await take(tx, 1, 1);
        tx.afterCommit(() => followed.push(1));
      },
      async (tx) => {
        tx.afterCommit(() => followed.push(2));
        await take(tx, 2, 2);
        throw refused();
      },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { problem: { code: 'forbidden' } } });
    expect(followed).toEqual([1]);
    expect(await takenIn(tenantId)).toEqual([[1, 1]]);
  });

  test('are made one by one when a statement fails: who wanted what is taken is told, and may still choose something else', async () => {
    const tenantId = newId();
    await table.database.transaction({ tenantId }, (tx) => take(tx, 5, 9));
    const takeOrElse = async (tx: Tx, slot: number, other: number) => {
      try {
        await take(tx, slot, slot);
      } catch (error) {
        if (duplicateKeyOf(error) === undefined) throw error;
        await take(tx, other, slot);
      }
    };
    const outcomes = await atOnce(
      tenantId,
      [4, 5, 6].map((slot) => (tx) => takeOrElse(tx, slot, slot + 10)),
    );
    expect(values(outcomes)).toEqual([undefined, undefined, undefined]);
    expect(await takenIn(tenantId)).toEqual([
      [4, 4],
      [5, 9],
      [6, 6],
      [15, 5],
    ]);
  });

  test('keep an attempt to a transaction of its own', async () => {
    const tenantId = newId();
    const outcomes = await atOnce(tenantId, [
      (tx) => take(tx, 1, 1),
      async (tx) => {
        const failing = tx.attempt(async () => {
          await take(tx, 2, 2);
          throw refused();
        });
        await failing.catch(() => undefined);
        await take(tx, 3, 3);
      },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await takenIn(tenantId)).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  test('take no statement of who has left, whose writing the others would commit', async () => {
    const tenantId = newId();
    let late: Promise<unknown> | undefined;
    const outcomes = await atOnce(tenantId, [
      async (tx) => {
        await connectionOf(tx);
        await connectionOf(tx);
        await connectionOf(tx);
        await take(tx, 1, 1);
      },
      async (tx) => {
        late = connectionOf(tx)
          .then(() => connectionOf(tx))
          .then(() => take(tx, 2, 2));
        late.catch(() => undefined);
        await connectionOf(tx);
        throw refused();
      },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(late).rejects.toThrow('after the end of its transaction');
    expect(await takenIn(tenantId)).toEqual([[1, 1]]);
  });

  test('of which the connection dies leave nothing of it, and are made one by one', async () => {
    const tenantId = newId();
    let kills = 0;
    const outcomes = await atOnce(tenantId, [
      (tx) => take(tx, 1, 1),
      async (tx) => {
        await take(tx, 2, 2);
        const own = await connectionOf(tx);
        if (kills++ === 0) await table.database.system.run(sql`KILL CONNECTION ${count(own)}`);
        await take(tx, 3, 3);
      },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await takenIn(tenantId)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });
});

test('whose commit may have been carried out, or not, all hear that, and none of them is made again', async () => {
  const tenantId = newId();
  const pool = createPool(table.config);
  const lost = Object.assign(new Error('lost'), { fatal: true, code: 'PROTOCOL_CONNECTION_LOST' });
  const database = table.through({
    ...pool,
    acquire: async () => {
      const connection = await pool.acquire();
      const commit = async () => {
        await connection.commit();
        throw lost;
      };
      return { ...connection, commit };
    },
  });
  let runs = 0;
  const outcomes = await Promise.allSettled(
    [1, 2].map((owner) =>
      database.transaction({ tenantId, touches: [String(owner)] }, (tx) => {
        runs += 1;
        return take(tx, owner, owner);
      }),
    ),
  );
  const unavailable = { status: 'rejected', reason: { problem: { code: 'unavailable' } } };
  expect(outcomes).toMatchObject([unavailable, unavailable]);
  expect(runs).toBe(2);
  await database.close();
});

test('an act after the commit that fails, fails for its own and is no reason to make anything again', async () => {
  const tenantId = newId();
  let runs = 0;
  const outcomes = await atOnce(
    tenantId,
    [1, 2].map((owner) => async (tx) => {
      runs += 1;
      await take(tx, owner, owner);
      tx.afterCommit(() => {
        if (owner === 1) throw new Error('no');
      });
    }),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(runs).toBe(2);
  expect(await takenIn(tenantId)).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test('a database that is too slow is not asked again by each of them', async () => {
  const tenantId = newId();
  let runs = 0;
  const tooSlow = Object.assign(new Error('too slow'), { errno: 3024, code: 'ER_QUERY_TIMEOUT' });
  const pool = createPool(table.config);
  const database = table.through({
    ...pool,
    acquire: async () => ({ ...(await pool.acquire()), execute: () => Promise.reject(tooSlow) }),
  });
  const outcomes = await Promise.allSettled(
    [1, 2].map((owner) =>
      database.transaction({ tenantId, touches: [String(owner)] }, (tx) => {
        runs += 1;
        return take(tx, owner, owner);
      }),
    ),
  );
  const unavailable = { status: 'rejected', reason: { problem: { code: 'unavailable' } } };
  expect(outcomes).toMatchObject([unavailable, unavailable]);
  expect(runs).toBe(2);
  await database.close();
});

test('those that touch the same share no transaction: neither sees what the other has not committed', async () => {
  const tenantId = newId();
  let [written, counted] = [0, 0];
  const countAfterBoth = (owner: number) =>
    table.database.transaction({ tenantId, touches: ['same', String(owner)] }, async (tx) => {
      await take(tx, owner, owner);
      written += 1;
      await until(() => written === 2);
      const found = await tx.one(sql`SELECT COUNT(*) AS seen FROM things WHERE tenant_id = ${tx.tenant}`);
      counted += 1;
      await until(() => counted === 2);
      return found;
    });
  expect(await Promise.all([1, 2].map(countAfterBoth))).toEqual([{ seen: 1 }, { seen: 1 }]);
});

type Step = { readonly kind: 'take' | 'later' | 'look' | 'refuse'; readonly slot: number };
const step = fc.record({
  kind: fc.constantFrom<Step['kind']>('take', 'take', 'later', 'look', 'refuse'),
  slot: fc.integer({ min: 0, max: 40 }),
});
const plans = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 6 });

const follow = async (tx: Tx, owner: number, steps: readonly Step[]) => {
  for (const { kind, slot } of steps) {
    if (kind === 'take') await take(tx, slot, owner);
    if (kind === 'later') {
      tx.later(sql`INSERT INTO things (tenant_id, slot, owner) VALUES (${tx.tenant}, ${slot}, ${owner})`);
    }
    if (kind === 'look') await connectionOf(tx);
    if (kind === 'refuse') throw refused();
  }
};

test('whatever several do at once: each did all or nothing, and nobody did nothing without hearing so', () =>
  fc.assert(
    fc.asyncProperty(plans, async (all) => {
      const tenantId = newId();
      const outcomes = await atOnce(
        tenantId,
        all.map((steps, owner) => (tx) => follow(tx, owner, steps)),
      );
      const taken = await takenIn(tenantId);
      for (const [owner, steps] of all.entries()) {
        const wanted = steps
          .filter(({ kind }) => kind === 'take' || kind === 'later')
          .map(({ slot }) => slot);
        const got = taken.filter(([, each]) => each === owner).map(([slot]) => slot);
        const isKept = outcomes[owner]?.status === 'fulfilled';
        expect(got).toEqual(isKept ? wanted.toSorted((a, b) => a - b) : []);
        // Nobody is refused what nobody else has, and who does not refuse themselves.
        const others = new Set(taken.filter(([, each]) => each !== owner).map(([slot]) => slot));
        const isFree = new Set(wanted).size === wanted.length && wanted.every((slot) => !others.has(slot));
        if (!steps.some(({ kind }) => kind === 'refuse') && isFree) expect(isKept).toBe(true);
      }
    }),
    { numRuns: 40 },
  ));

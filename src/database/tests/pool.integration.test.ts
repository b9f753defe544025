import { afterEach, describe, expect, test } from '@jest/globals';
import { createPool, type BoundedPool, type DatabaseConfig } from '../pool.ts';
import { translateFailure } from '../failures.ts';
import { sql } from '../sql.ts';
import { migrateTestDatabase, testConfig } from './test-database.ts';

const UNAVAILABLE = { problem: { code: 'unavailable', status: 503 }, headers: { 'Retry-After': '2' } };

let pool: BoundedPool;
const openPool = async (settings: Partial<DatabaseConfig> = {}) => {
  const config = testConfig();
  await migrateTestDatabase(config);
  pool = createPool({ ...config.database, poolSize: 1, acquireTimeoutMs: 1_000, ...settings });
};
afterEach(() => pool.end());

describe('a pool whose connections are all in use', () => {
  test('answers unavailable after the acquire timeout, and serves again when one is back', async () => {
    await openPool();
    const held = await pool.acquire();
    const startedAt = performance.now();
    await expect(pool.acquire()).rejects.toMatchObject(UNAVAILABLE);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    held.release();
    (await pool.acquire()).release();
  });

  test('lets a bounded number wait, and refuses the others at once', async () => {
    await openPool({ acquireTimeoutMs: 60_000 });
    const held = await pool.acquire();
    const served: number[] = [];
    const waiting = Array.from({ length: 50 }, async (_, i) => {
      (await pool.acquire()).release();
      served.push(i);
    });
    const refused = await pool.acquire().catch((error: unknown) => error);
    expect(refused).toMatchObject({ ...UNAVAILABLE, cause: { message: 'Queue limit reached.' } });
    expect(served).toEqual([]);
    held.release();
    await Promise.all(waiting);
    expect(served).toHaveLength(50);
  });

  test('takes back what it hands to somebody who has given up', async () => {
    await openPool();
    const held = await pool.acquire();
    const gaveUp = await Promise.allSettled(Array.from({ length: 10 }, () => pool.acquire()));
    expect(gaveUp.map(({ status }) => status)).toEqual(gaveUp.map(() => 'rejected'));
    held.release();
    (await pool.acquire()).release();
  });
});

describe('a connection', () => {
  test('that was lost is not handed out again', async () => {
    await openPool();
    const first = await pool.acquire();
    const lost = await first.execute(sql`KILL CONNECTION connection_id()`).catch((error: unknown) => error);
    first.release();
    expect(translateFailure(lost)).toMatchObject(UNAVAILABLE);
    const second = await pool.acquire();
    expect((await second.execute(sql`SELECT 1 AS one`))[0]).toEqual([{ one: 1 }]);
    second.release();
  });

  test('that was given back takes no more statements', async () => {
    await openPool();
    const connection = await pool.acquire();
    connection.release();
    await expect(connection.execute(sql`SELECT 1`)).rejects.toThrow('after the end');
  });

  test('to a server that is not there is unavailable', async () => {
    await openPool({ port: 1, acquireTimeoutMs: 5_000 });
    await expect(pool.acquire()).rejects.toMatchObject(UNAVAILABLE);
  });
});

test('a statement that runs too long is ended by the server, and its connection stays good', async () => {
  await openPool({ statementTimeoutMs: 200 });
  const connection = await pool.acquire();
  const c = sql`information_schema.collations`;
  const endless = connection.execute(sql`SELECT count(*) FROM ${c} a, ${c} b, ${c} c, ${c} d`);
  const failure = translateFailure(await endless.catch((error: unknown) => error));
  expect(failure).toMatchObject(UNAVAILABLE);
  expect((await connection.execute(sql`SELECT 1 AS one`))[0]).toEqual([{ one: 1 }]);
  connection.release();
});

test('the pool ends soon, also while somebody keeps a connection', async () => {
  await openPool();
  await pool.acquire();
  const startedAt = performance.now();
  await pool.end();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  await expect(pool.acquire()).rejects.toMatchObject(UNAVAILABLE);
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createGate, type Gate } from '../../shared/tests/gate.ts';
import { until } from '../../shared/tests/until.ts';
import type { Address } from '../../shared/config/addresses.ts';
import { type BoundedPool, createPool } from '../pool.ts';
import { atPrimary } from '../primary.ts';
import { sql } from '../sql.ts';
import { unwatched } from '../watch.ts';
import { migrateTestDatabase, testConfig } from './test-database.ts';

const LOCAL = '127.0.0.1';

let gates: [Gate, Gate];
let pool: BoundedPool;
/** The ports that the pool said it goes to. */
let moves: number[];

const configOf = (acquireTimeoutMs = 5_000) => ({
  ...testConfig().database,
  host: LOCAL,
  port: gates[0].port,
  otherAddresses: [{ host: LOCAL, port: gates[1].port }],
  acquireTimeoutMs,
});

beforeEach(async () => {
  const config = testConfig();
  await migrateTestDatabase(config);
  gates = [await createGate(config.database), await createGate(config.database)];
  moves = [];
  pool = createPool(configOf(), {
    ...unwatched,
    movedTo: ({ port }: Address) => moves.push(port),
  });
});
afterEach(async () => {
  await pool.end();
  for (const gate of gates) await gate.shut().catch(() => undefined);
});

const ask = async () => {
  const connection = await pool.acquire();
  try {
    return (await connection.execute(sql`SELECT 1 AS one`))[0];
  } finally {
    connection.release();
  }
};

describe('of two addresses', () => {
  test('the second is used while the first is away, and the first again when it is back', async () => {
    expect(await ask()).toEqual([{ one: 1 }]);
    expect(moves).toEqual([]);
    await gates[0].shut();
    await ask().catch(() => undefined); // The connection that was cut.
    expect(await ask()).toEqual([{ one: 1 }]);
    expect(moves).toEqual([gates[1].port]);
    await gates[0].open();
    await until(() => moves.length === 2);
    expect(moves[1]).toBe(gates[0].port);
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  test('a request waits while none is there, until one is', async () => {
    await Promise.all(gates.map((gate) => gate.shut()));
    const asked = ask();
    await gates[1].open();
    expect(await asked).toEqual([{ one: 1 }]);
  });

  test('with none there, a request is unavailable after the acquire timeout', async () => {
    await Promise.all(gates.map((gate) => gate.shut()));
    await pool.end();
    pool = createPool(configOf(300));
    await expect(ask()).rejects.toMatchObject({ problem: { code: 'unavailable' } });
  });

  test('whoever opens a connection of their own is told where writes go, or why none takes them', async () => {
    await gates[0].shut();
    expect(await atPrimary(configOf())).toMatchObject({ port: gates[1].port, otherAddresses: [] });
    await gates[1].shut();
    await expect(atPrimary(configOf())).rejects.toThrow(
      new RegExp(`takes writes: ${LOCAL}:${gates[0].port} .+; ${LOCAL}:${gates[1].port} .+`),
    );
  });
});

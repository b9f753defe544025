import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../shared/types/id.ts';
import { bin, count, sql } from '../sql.ts';
import { createTable, type Table } from './a-table.ts';

let table: Table;
beforeAll(async () => {
  table = await createTable(sql`
    id BINARY(16) NOT NULL, other_id BINARY(16) NULL, yes TINYINT(1) NULL, small TINYINT NULL, hash BINARY(32) NULL,
    words VARCHAR(200) NULL, doc JSON NULL, day DATE NULL, at DATETIME(3) NULL, big BIGINT UNSIGNED NULL,
    PRIMARY KEY (tenant_id, id)`);
});
afterAll(() => table.remove());

type Row = Record<string, unknown>;
const roundTrip = async (column: string, value: unknown): Promise<unknown> => {
  const [tenantId, id] = [newId(), newId()];
  return table.database.transaction({ tenantId }, async (tx) => {
    // The name of a column of this file, and no value.
    const name = Object.assign(sql``, { text: column });
    await tx.run(
      sql`INSERT INTO things (tenant_id, id, ${name}) VALUES (${tx.tenant}, ${bin(id)}, ${value})`,
    );
    const row = await tx.one<Row>(
      sql`SELECT ${name} FROM things WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`,
    );
    return row?.[column];
  });
};

/** Each the same on MySQL and MariaDB. */
const comesBack = (column: string, values: fc.Arbitrary<unknown>, encode = (value: unknown) => value) =>
  fc.assert(
    fc.asyncProperty(values, async (value) => {
      expect(await roundTrip(column, encode(value))).toEqual(value);
    }),
    { numRuns: 25 },
  );

test('an id goes in as 16 bytes and comes back as text', async () => {
  const id = newId();
  expect(await roundTrip('other_id', bin(id))).toBe(id);
  expect(await roundTrip('other_id', null)).toBeNull();
});

test('TINYINT(1) is a boolean, and no other number is', async () => {
  expect(await roundTrip('yes', true)).toBe(true);
  expect(await roundTrip('yes', false)).toBe(false);
  expect(await roundTrip('yes', null)).toBeNull();
  expect(await roundTrip('small', 1)).toBe(1);
});

test('longer binary columns stay bytes', async () => {
  expect(await roundTrip('hash', Buffer.alloc(32, 7))).toEqual(Buffer.alloc(32, 7));
});

test('text comes back as it was, in every script and with what SQL would mind', () =>
  comesBack(
    'words',
    fc.oneof(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.constant('é\'\\"; -- 🩺 %_?')),
  ));

test('JSON comes back as the value that it is', () =>
  comesBack(
    'doc',
    fc.dictionary(
      fc.string({ unit: 'grapheme', maxLength: 20 }).filter((key) => key !== '__proto__'),
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(fc.integer()),
      ),
    ),
    (value) => JSON.stringify(value),
  ));

test('a day is text without a time zone', () =>
  comesBack(
    'day',
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
  ));

test('an instant comes back to the millisecond, whatever the zone of the process', () =>
  comesBack(
    'at',
    fc.date({ min: new Date('1900-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }),
  ));

test('an instant of the database is one of UTC', async () => {
  const row = await table.database.system.one<{ now: Date }>(sql`SELECT now(3) AS now`);
  expect(Math.abs((row?.now.getTime() ?? 0) - performance.timeOrigin - performance.now())).toBeLessThan(
    60_000,
  );
});

test('a number beyond what JavaScript can count comes back as text, and is not rounded', async () => {
  expect(await roundTrip('big', '18446744073709551615')).toBe('18446744073709551615');
  expect(await roundTrip('big', 42)).toBe(42);
});

test('LIMIT takes a count', async () => {
  const tenantId = newId();
  const db = table.database.read(tenantId);
  await table.database.transaction({ tenantId }, async (tx) => {
    for (let i = 0; i < 3; i++) {
      await tx.run(sql`INSERT INTO things (tenant_id, id) VALUES (${tx.tenant}, ${bin(newId())})`);
    }
  });
  const ids = (limit: number) =>
    db.many<{ id: string }>(
      sql`SELECT id FROM things WHERE tenant_id = ${db.tenant} ORDER BY id LIMIT ${count(limit)}`,
    );
  expect((await Promise.all([0, 2, 100].map(ids))).map(({ length }) => length)).toEqual([0, 2, 3]);
});

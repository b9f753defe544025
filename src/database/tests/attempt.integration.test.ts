import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import type { Tx } from '../db.ts';
import { bin, sql } from '../sql.ts';
import { testDatabase } from './test-database.ts';

let open: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  open = await testDatabase();
});
afterAll(() => open.close());

const write = (tx: Tx, slot: number) =>
  tx.run(sql`
    INSERT INTO calendar_claims (tenant_id, calendar_id, slot, holder_id)
    VALUES (${tx.tenant}, ${tx.tenant}, ${slot}, ${tx.tenant})`);

const written = async (tenantId: string) => {
  const rows = await open.database
    .read(tenantId)
    .many<{ slot: number }>(
      sql`SELECT slot FROM calendar_claims WHERE tenant_id = ${bin(tenantId)} ORDER BY slot`,
    );
  return rows.map(({ slot }) => slot);
};

test('an attempt that ends in a problem undoes what it wrote and meant to do, and nothing else', async () => {
  const tenantId = newId();
  const done: string[] = [];
  await open.database.transaction({ tenantId }, async (tx) => {
    await write(tx, 1);
    tx.afterCommit(() => done.push('before'));
    const attempt = tx.attempt(async () => {
      await write(tx, 2);
      tx.afterCommit(() => done.push('attempted'));
      throw new AppError(commonProblems.forbidden);
    });
    await expect(attempt).rejects.toThrow(AppError);
    await tx.attempt(() => write(tx, 3));
    tx.afterCommit(() => done.push('after'));
  });
  expect(await written(tenantId)).toEqual([1, 3]);
  expect(done).toEqual(['before', 'after']);
});

test('an attempt that ends in any other error takes the whole transaction with it', async () => {
  const tenantId = newId();
  const work = open.database.transaction({ tenantId }, async (tx) => {
    await write(tx, 1);
    await tx.attempt(() => write(tx, 1));
  });
  await expect(work).rejects.toThrow('Duplicate');
  expect(await written(tenantId)).toEqual([]);
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import { IdempotentReplay, type IdempotencyKey } from '../../shared/types/idempotency.ts';
import { createDatabase, type Database } from '../db.ts';
import { createAnswerSeal } from '../idempotency.ts';
import { createPool } from '../pool.ts';
import { bin, sql } from '../sql.ts';
import { testDatabase } from './test-database.ts';

let opened: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
beforeAll(async () => {
  opened = await testDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

const aKey = (changes: Partial<IdempotencyKey> = {}, payload = 'payload'): IdempotencyKey => ({
  key: 'key',
  tenantId: newId(),
  userId: newId(),
  fingerprint: createHash('sha256').update(payload).digest(),
  encode: (result) => JSON.stringify(result),
  ...changes,
});

/** Makes a change that can be counted, and answers `answer`. */
const change = (idempotency: IdempotencyKey, answer: unknown, before: () => unknown = () => undefined) =>
  database.transaction({ tenantId: idempotency.tenantId, idempotency }, async (tx) => {
    await before();
    await tx.run(
      sql`INSERT INTO inbox (tenant_id, consumer, event_id) VALUES (${tx.tenant}, 'test', ${bin(newId())})`,
    );
    return answer;
  });
const changesOf = async ({ tenantId }: IdempotencyKey) => {
  const db = database.read(tenantId);
  return (await db.many(sql`SELECT event_id FROM inbox WHERE tenant_id = ${db.tenant}`)).length;
};
const failureOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('an idempotency key', () => {
  test('commits with the change, and answers a repetition with the first answer', async () => {
    const key = aKey();
    expect(await change(key, { id: 1 })).toEqual({ id: 1 });
    const again = await failureOf(change(key, { id: 2 }));
    expect(again).toBeInstanceOf(IdempotentReplay);
    expect(again).toMatchObject({ body: '{"id":1}' });
    expect(await changesOf(key)).toBe(1);
  });

  test('is free again after a rollback', async () => {
    const key = aKey();
    const fail = () => {
      throw new Error('no');
    };
    await expect(change(key, 1, fail)).rejects.toThrow('no');
    expect(await change(key, 2)).toBe(2);
    expect(await changesOf(key)).toBe(1);
  });

  test('of a request that is still running is 409 idempotency_in_progress, at once', async () => {
    const key = aKey();
    const during = await new Promise<unknown>((resolve, reject) => {
      const nested = async () => {
        const startedAt = performance.now();
        resolve(await failureOf(change(key, 2)));
        expect(performance.now() - startedAt).toBeLessThan(1_000);
      };
      change(key, 1, nested).catch(reject);
    });
    expect(during).toMatchObject({ problem: { code: 'idempotency_in_progress', status: 409 } });
  });

  test('with another payload is 422 idempotency_key_reused, and changes nothing', async () => {
    const key = aKey();
    await change(key, 1);
    const other = aKey({ tenantId: key.tenantId, userId: key.userId }, 'another');
    await expect(change(other, 2)).rejects.toMatchObject({
      problem: { code: 'idempotency_key_reused', status: 422 },
    });
    expect(await changesOf(key)).toBe(1);
  });

  test('belongs to one user of one tenant, and to one spelling', async () => {
    const key = aKey({ key: 'Straße' });
    await change(key, 1);
    expect(await change({ ...key, userId: newId() }, 2)).toBe(2);
    expect(await change({ ...key, tenantId: newId() }, 3)).toBe(3);
    for (const spelling of ['strasse', 'STRASSE', 'straße', 'Strase']) {
      expect(await change({ ...key, key: spelling }, spelling)).toBe(spelling);
    }
  });

  test('of two that begin together lets one change and hands its answer to the other', async () => {
    const key = aKey();
    const both = await Promise.allSettled([change(key, 1), change(key, 1)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [failure] = both.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(
      failure instanceof IdempotentReplay ||
        (failure as { problem?: { code: string } }).problem?.code === 'idempotency_in_progress',
    ).toBe(true);
    expect(await changesOf(key)).toBe(1);
  });
});

describe('a stored answer', () => {
  test('cannot be read in the table, nor opened without the secret or with another key', async () => {
    const key = aKey();
    await change(key, { token: 'a secret of the patient' });
    const db = database.read(key.tenantId);
    const stored = await db.one<{ answer: Buffer }>(
      sql`SELECT answer FROM idempotency_keys WHERE tenant_id = ${db.tenant}`,
    );
    const answer = stored?.answer ?? Buffer.alloc(0);
    expect(answer.toString('latin1')).not.toMatch(/secret|token|patient/);
    expect(createAnswerSeal('test').open(key, answer)).toBe('{"token":"a secret of the patient"}');
    expect(createAnswerSeal('other').open(key, answer)).toBeUndefined();
    expect(createAnswerSeal('test').open({ ...key, userId: newId() }, answer)).toBeUndefined();
    expect(createAnswerSeal('test').open(key, Buffer.concat([answer, answer]))).toBeUndefined();
  });

  test('that was sealed under another secret is 409, and nothing is done again', async () => {
    const key = aKey();
    const pool = createPool(opened.config.database);
    const before = createDatabase(pool, createAnswerSeal('the secret of before'));
    await before.transaction({ tenantId: key.tenantId, idempotency: key }, () => Promise.resolve('done'));
    await before.close();
    await expect(change(key, 'done again')).rejects.toMatchObject({
      problem: { code: 'idempotency_answer_lost', status: 409 },
    });
    expect(await changesOf(key)).toBe(0);
  });
});

import { expect, test } from '@jest/globals';
import type { Db } from '../db.ts';
import { gathered } from '../gathered-read.ts';

const aRead = () => {
  const statements: string[] = [];
  const find = gathered((db: Db, ids: readonly string[], of: string) => {
    statements.push(`${db.tenantId}${of}: ${ids.join(' ')}`);
    if (ids.includes('bad')) return Promise.reject(new Error('no'));
    return Promise.resolve(new Map(ids.filter((id) => id !== 'none').map((id) => [id, `found ${id}`])));
  });
  return { find, statements };
};
const reader = (tenantId: string, name = tenantId): Db =>
  ({ tenantId, lane: { name, isTransaction: name !== tenantId } }) as Db;
const [ours, theirs] = [reader('ours'), reader('theirs')];

test('what is asked at one moment is one statement, each id once, and each gets its own answer', async () => {
  const { find, statements } = aRead();
  const asked = ['a', 'b', 'a', 'none'].map((id) => find(ours, id));
  expect(await Promise.all(asked)).toEqual(['found a', 'found b', 'found a', undefined]);
  expect(statements).toEqual(['ours: a b none']);
});

test('tenants and kinds of questions share no statement, and a transaction none with what is outside of it', async () => {
  const { find, statements } = aRead();
  const [one, other] = [reader('ours', 'ours/1'), reader('ours', 'ours/2')];
  await Promise.all([find(ours, 'a'), find(theirs, 'a'), find(ours, 'a', ' x')]);
  await Promise.all([find(ours, 'b'), find(one, 'b'), find(other, 'b'), find(one, 'c')]);
  expect(statements.toSorted()).toEqual([
    ...['ours x: a', 'ours: a', 'ours: b', 'ours: b'],
    ...['ours: b c', 'theirs: a'],
  ]);
});

test('nobody joins a statement that has been sent, which would not know what was committed since', async () => {
  const { find, statements } = aRead();
  await find(ours, 'a');
  await find(ours, 'a');
  expect(statements).toEqual(['ours: a', 'ours: a']);
});

test('a statement that fails, fails for those who share it and for nobody later', async () => {
  const { find } = aRead();
  const together = await Promise.allSettled([find(ours, 'a'), find(ours, 'bad')]);
  expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await find(ours, 'a')).toBe('found a');
});

test('a statement takes a bounded number of ids', async () => {
  const { find, statements } = aRead();
  await Promise.all(Array.from({ length: 100 }, (_, i) => find(ours, `id${i}`)));
  expect(statements.map((text) => text.split(' ').length - 1)).toEqual([64, 36]);
});

import { expect, test } from '@jest/globals';
import { sql } from '../sql.ts';

const atTheTop = sql`SELECT 1`;
const findSomething = (id: number) => sql`SELECT ${id}`;
const listLater = async () => {
  await Promise.resolve();
  return [1, 2].map((id) => sql`SELECT ${id}`);
};
const repository = { insert: () => sql`INSERT` };

test('a statement is named by folder, file and the function that it is written in', async () => {
  expect(findSomething(1).name).toBe('database.statement-site.test.findSomething');
  expect(repository.insert().name).toBe('database.statement-site.test.insert');
  expect((await listLater()).map(({ name }) => name)).toEqual([
    'database.statement-site.test.listLater',
    'database.statement-site.test.listLater',
  ]);
  expect(atTheTop.name).toBe('database.statement-site.test');
});

test('whoever looks at errors finds them as before', () => {
  const { stackTraceLimit, prepareStackTrace } = Error;
  findSomething(2);
  expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual([stackTraceLimit, prepareStackTrace]);
  expect(new Error('x').stack).toContain('statement-site.test');
});

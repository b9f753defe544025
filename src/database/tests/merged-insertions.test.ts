import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Asked, mergeInsertions, rowCountOf } from '../merged-insertions.ts';
import { rows, sql } from '../sql.ts';

const insert = (value: number) => sql`INSERT INTO things (tenant_id, n) VALUES (${1}, ${value})`;
const insertOther = (value: number) => sql`INSERT INTO others (tenant_id, n) VALUES (${1}, ${value})`;
const upsert = (value: number) =>
  sql`INSERT INTO things (tenant_id, n) VALUES (${1}, ${value}) ON DUPLICATE KEY UPDATE n = VALUES(n)`;
const select = (value: number) => sql`SELECT n FROM things WHERE tenant_id = ${1} AND n = ${value}`;

const [ann, ben] = [{}, {}];
describe('insertions that are asked for at once', () => {
  test('are one statement for each table, with all rows', () => {
    const asked = [ann, ben].flatMap((owner, i) => [
      { owner, statement: insert(i) },
      { owner, statement: insertOther(i) },
    ]);
    const merged = mergeInsertions(asked);
    expect(merged.map(({ statement }) => statement.text.trim())).toEqual([
      'INSERT INTO things (tenant_id, n) VALUES (?, ?), (?, ?)',
      'INSERT INTO others (tenant_id, n) VALUES (?, ?), (?, ?)',
    ]);
    expect(merged.map(({ statement }) => statement.values)).toEqual([
      [1, 0, 1, 1],
      [1, 0, 1, 1],
    ]);
    expect(merged.map(({ askers }) => askers.length)).toEqual([2, 2]);
  });

  test('keep what is to be done about duplicates, unless somebody wants to hear of them', () => {
    const asked = [ann, ben].map((owner, i) => ({ owner, statement: upsert(i) }));
    expect(mergeInsertions(asked).map(({ statement }) => statement.text)).toEqual([
      'INSERT INTO things (tenant_id, n) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE n = VALUES(n)',
    ]);
    expect(mergeInsertions(asked.map((each) => ({ ...each, resolve: () => undefined })))).toHaveLength(2);
  });

  test('stay apart where their rows hold more than values', () => {
    const now = sql`INSERT INTO things (tenant_id, n) VALUES (${1}, NOW())`;
    const copy = sql`INSERT INTO things (tenant_id, n) SELECT tenant_id, n FROM others WHERE tenant_id = ${1}`;
    const asked = [now, now, copy, copy].map((statement) => ({ statement, owner: {} }));
    expect(mergeInsertions(asked)).toHaveLength(4);
  });

  test('do not pass what is no insertion', () => {
    const asked = [
      { owner: ann, statement: insert(1) },
      { owner: ann, statement: select(1) },
      { owner: ben, statement: insert(2) },
      { owner: ben, statement: insert(3) },
    ];
    expect(mergeInsertions(asked).map(({ statement }) => statement.values)).toEqual([
      [1, 1],
      [1, 1],
      [1, 2, 1, 3],
    ]);
  });

  test('of many rows are counted by their rows', () => {
    const three = sql`INSERT INTO things (tenant_id, n) VALUES ${rows([1, 2, 3].map((n) => [1, n]))}`;
    expect(rowCountOf(three)).toBe(3);
  });
});

const statementOf = { insert, insertOther, upsert, select };
type Kind = keyof typeof statementOf;
const kinds = fc.constantFrom<Kind>('insert', 'insertOther', 'upsert', 'select');

/** What the server is told, row by row: the table and the value, in the order in which it does them. */
const doneIn = (asked: readonly Asked[]) =>
  mergeInsertions(asked).flatMap(({ statement: { text, values } }) => {
    const what =
      text.trim().split(/\s+/).slice(0, 3).join(' ') + (text.includes('DUPLICATE') ? ' or update' : '');
    return values.filter((_, i) => i % 2 === 1).map((value) => ({ what, value: value as number }));
  });

test('whatever is asked: each transaction keeps its order, nothing is lost, and nothing passes what is no insertion', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 3 })), { maxLength: 40 }), (plan) => {
      const owners = [{}, {}, {}, {}];
      const asked = plan.map(([kind, owner], value) => ({
        owner: owners[owner],
        statement: statementOf[kind](value),
      }));
      const done = doneIn(asked);
      expect(done.map(({ value }) => value).sort((a, b) => a - b)).toEqual(plan.map((_, value) => value));
      const placeOf = new Map(done.map(({ value }, place) => [value, place]));
      for (const [later, [laterKind, laterOwner]] of plan.entries()) {
        for (const [earlier, [earlierKind, earlierOwner]] of plan.slice(0, later).entries()) {
          const isOrdered = laterOwner === earlierOwner || [laterKind, earlierKind].includes('select');
          if (isOrdered) expect(placeOf.get(earlier)).toBeLessThan(placeOf.get(later) ?? -1);
        }
      }
    }),
  );
});

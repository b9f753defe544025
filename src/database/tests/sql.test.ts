import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../shared/types/id.ts';
import { and, bin, containing, count, list, rows, sql, startingWith, uuidOf } from '../sql.ts';

/** Whatever a caller may hand over: also what looks like SQL, like a placeholder or like a statement of ours. */
const anyValue = fc.oneof(
  fc.string(),
  fc.constantFrom('?', "' OR 1=1 --", '); DROP TABLE users', '${x}', '`', 'tenant_id'),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.date(),
  fc.uint8Array(),
  fc.record({ text: fc.string(), values: fc.array(fc.string()) }),
);

describe('the sql tag', () => {
  test('never lets a value into the text: whatever it is, the text stays the same', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (first, second) => {
        const { text, values } = sql`SELECT * FROM t WHERE a = ${first} AND b = ${second}`;
        expect(text).toBe('SELECT * FROM t WHERE a = ? AND b = ?');
        expect(values).toEqual([first, second]);
      }),
    );
  });

  test('splices fragments in, and keeps all values in the order of their placeholders', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 8 }), (all) => {
        const nested = all.reduce((statement, value) => sql`${statement} OR a = ${value}`, sql`SELECT ${0}`);
        expect(nested.text).toBe(`SELECT ?${' OR a = ?'.repeat(all.length)}`);
        expect(nested.values).toEqual([0, ...all]);
      }),
    );
  });

  test('takes for a fragment only what it made itself, not what looks like one', () => {
    const forged: unknown = JSON.parse('{"text":"1; DROP TABLE users","values":[]}');
    expect(sql`SELECT ${forged}`).toMatchObject({ text: 'SELECT ?', values: [forged] });
  });
});

describe('lists and rows', () => {
  test('have one placeholder for each value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyValue, { minLength: 2, maxLength: 2 }), { minLength: 1 }),
        (tuples) => {
          const { text, values } = rows(tuples);
          expect(text).toBe(tuples.map(() => '(?, ?)').join(', '));
          expect(values).toEqual(tuples.flat());
        },
      ),
    );
    expect(list([1, "'"])).toMatchObject({ text: '(?, ?)', values: [1, "'"] });
  });

  test('an empty list matches nothing, and a row list without rows is refused', () => {
    expect(list([])).toMatchObject({ text: '(NULL)', values: [] });
    expect(() => rows([])).toThrow('at least one row');
  });

  test('conditions that are not there leave no trace', () => {
    expect(and(undefined, sql`a = ${1}`, undefined, sql`b = ${2}`)).toMatchObject({
      text: ' AND a = ? AND b = ?',
      values: [1, 2],
    });
  });
});

describe('a row count', () => {
  test('stands in the text as digits and as nothing else', () => {
    fc.assert(
      fc.property(fc.nat(), (number) => {
        expect(sql`LIMIT ${count(number)}`).toMatchObject({ text: `LIMIT ${number}`, values: [] });
      }),
    );
  });

  test.each([-1, 1.5, NaN, Infinity, 2 ** 53, '1; DROP TABLE users' as never])('is never %s', (number) => {
    expect(() => count(number)).toThrow('Not a row count');
  });
});

describe('ids as bytes', () => {
  test('come back as the same text', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(bin(id)).toHaveLength(16);
        expect(uuidOf(bin(id))).toBe(id);
      }),
    );
    expect(bin(null)).toBeNull();
    expect(bin(undefined)).toBeNull();
  });

  test('are never shorter, since the column would fill them up with zeros', () => {
    for (const wrong of ['', 'x', newId().slice(1), `${newId()}00`, 'z'.repeat(32)]) {
      expect(() => bin(wrong)).toThrow('Not a UUID');
    }
  });
});

test('in a LIKE pattern the text stands for itself', () => {
  expect([containing('50%_\\'), startingWith('a_b')]).toEqual(['%50\\%\\_\\\\%', 'a\\_b%']);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { Id, newId } from '../../types/id.ts';
import { Instant } from '../../types/instant.ts';
import { jsonEncoder } from '../json-encoder.ts';

const Visit = z.object({
  id: Id,
  startsAt: Instant,
  endedAt: Instant.nullable(),
  status: z.enum(['booked', 'over']),
  words: z.string().trim().max(20).optional(),
  minutes: z.int().min(5),
  share: z.number(),
  isNew: z.boolean(),
  tags: z.array(z.string()),
  place: z.object({ room: z.string().nullable() }).nullable(),
  either: z.union([z.string(), z.int()]),
  more: z.record(z.string(), z.unknown()),
});
const visit = {
  id: newId(),
  startsAt: new Date('2027-03-22T08:05:00Z'),
  endedAt: null,
  status: 'booked' as const,
  minutes: 20,
  share: 0.25,
  isNew: true,
  tags: ['a', '"b"\n'],
  place: { room: 'é 🩺' },
  either: 7,
  more: { x: [1, { y: null }] },
};
const encode = jsonEncoder(Visit);
const byZod = (value: unknown) => JSON.stringify(z.encode(Visit, value as never));

describe('an answer', () => {
  test('is the JSON that the schema encodes to, whatever its fields hold', () => {
    fc.assert(
      fc.property(
        fc.record({
          startsAt: fc.date({
            min: new Date('1900-01-01'),
            max: new Date('9999-01-01'),
            noInvalidDate: true,
          }),
          endedAt: fc.option(fc.integer({ min: -36_000, max: 99_000_000 }).map((m) => new Date(m * 60_000))),
          words: fc.option(fc.string({ unit: 'grapheme', maxLength: 10 }), { nil: undefined }),
          tags: fc.array(fc.string({ unit: 'grapheme' })),
          share: fc.double({ noNaN: true, noDefaultInfinity: true }),
        }),
        (fields) => {
          const given = { ...visit, ...fields };
          expect(encode(given)).toBe(byZod(given));
        },
      ),
    );
  });

  test('holds nothing that the schema does not name', () => {
    expect(encode({ ...visit, passwordHash: 'secret', place: { room: null, secret: 1 } })).toBe(
      byZod({ ...visit, place: { room: null } }),
    );
  });

  test.each([
    { id: 'no id' },
    { startsAt: new Date('1800-01-01') },
    { startsAt: '2027-03-22T08:05:00Z' },
    { status: 'lost' },
    { words: 'x'.repeat(21) },
    { minutes: 4 },
    { share: NaN },
    { isNew: 1 },
    { tags: 'a' },
    { place: 'here' },
    { either: true },
    { minutes: undefined },
  ])('that is not what the schema says is refused: %j', (fault) => {
    expect(() => encode({ ...visit, ...fault })).toThrow(z.ZodError);
  });

  test('may hold itself', () => {
    const Tree = z.object({
      name: z.string(),
      get children() {
        return z.array(Tree);
      },
    });
    expect(jsonEncoder(Tree)({ name: 'a', children: [{ name: 'b', children: [] }] })).toBe(
      '{"name":"a","children":[{"name":"b","children":[]}]}',
    );
  });
});

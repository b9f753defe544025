import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { plainFault } from '../plain-faults.ts';

test.each([
  [z.string(), undefined, 'is missing'],
  [z.string(), 5, 'must be text'],
  [z.string().min(10), 'short', 'must have at least 10 characters'],
  [z.string().min(1), '', 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 item'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.coerce.number(), 'many', 'must be a number'],
  [z.number().gt(0).lt(10), 10, 'must be less than 10'],
  [z.int().multipleOf(5), 7, 'must be a multiple of 5'],
  [z.enum(['red', 'blue']), 'green', 'must be one of red, blue'],
  [z.enum(['red', 'blue']), undefined, 'is missing'],
  [z.union([z.string(), z.number()]), undefined, 'is missing'],
  [z.literal(true), false, 'must be true'],
  [z.email(), 'nobody', 'must be an email address'],
  [z.object({}), [], 'must be an object'],
  [z.string().regex(/^a$/, 'must be a'), 'b', 'must be a'],
])('%# a fault is told in words that follow the name of its field', (schema: z.ZodType, value, said) => {
  const { error } = schema.safeParse(value, { error: plainFault });
  expect(error?.issues.map(({ message }) => message)).toEqual([said]);
});

import { expect, test } from '@jest/globals';
import { patternExample } from '../openapi/pattern-example.ts';

const anything = () => true;

test.each([
  ['^#[0-9a-fA-F]{6}$', '#aaaaaa'],
  ['^[A-Z]{3}$', 'AAA'],
  ['^(in|out)(?:side)?$', 'in'],
  ['^\\d{2,4}\\.\\w+$', '11.a'],
  ['^[^a-z]-\\p{Lu}$', '1-A'],
  ['^(?=a)a|b$', 'a'],
  ['^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$', '11:11'],
])('%s is matched by %s', (pattern, text) => {
  expect(patternExample(pattern, anything)).toBe(text);
});

test('repeats more often where the text must be longer', () => {
  expect(patternExample('^[a-z]*$', ({ length }) => length >= 6)).toHaveLength(8);
});

test('finds nothing where nothing matches', () => {
  expect(patternExample('^(?!a)a$', anything)).toBeUndefined();
});

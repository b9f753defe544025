import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { beginningsIn, nameKey, wordsOf } from '../models/search-words.ts';

/** Each with the ways in which somebody may write it, first those that say which letter it is. */
const letters = [
  ['ä', 'ae', 'a', 'a\u0308'],
  ['Ö', 'OE', 'o'],
  ['ü', 'ue', 'u', 'Ü'],
  ['å', 'aa', 'a'],
  ['ø', 'oe', 'o'],
  ['ß', 'ss', 'SS'],
  ['é', 'e'],
  ['n', 'N'],
  ['r'],
] as const;

/** A name, in which no two vowels stand beside each other, as it is entered and as somebody asks for it. */
const spellings = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 8 }).chain((name) => {
  const spelt = (way: number) => name.map((ways) => ways[Math.min(way, ways.length - 1)]).join('n');
  return fc.tuple(fc.nat(1).map(spelt), fc.nat(3).map(spelt));
});

const called = (lastName: string) => ({
  firstName: 'X',
  lastName,
  dateOfBirth: null,
  email: null,
  phone: null,
  medicalRecordNumber: 'P-000001',
});

describe('a name', () => {
  test('is found by the beginning of every spelling', () => {
    fc.assert(
      fc.property(spellings, fc.nat(20), ([entered, asked], characters) => {
        const words = wordsOf(called(entered));
        for (const beginning of beginningsIn(asked.slice(0, characters)))
          expect(words.some((word) => word.startsWith(beginning))).toBe(true);
      }),
    );
  });

  test('has one key in every spelling', () => {
    fc.assert(
      fc.property(spellings, ([one, other]) => {
        expect(nameKey(called(one))).toBe(nameKey(called(other)));
      }),
    );
  });

  test('is not found by more than it was: Joe is no John', () => {
    const [beginning = ''] = beginningsIn('Joe');
    expect(wordsOf(called('John')).some((word) => word.startsWith(beginning))).toBe(false);
  });
});

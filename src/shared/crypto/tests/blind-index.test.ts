import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { blindIndex, blindQuery, wordsOf } from '../blind-index.ts';

const key = randomBytes(32);

describe('the words of a text', () => {
  test.each<[string, string[]]>([
    ['Kopfschmerz, seit 3 Tagen!', ['3', 'kopfschmerz', 'seit', 'tagen']],
    ['naïve Naive NAÏVE', ['naive']],
    ['Straße STRASSE', ['strasse']],
    ['Þórsson Łukasz', ['þorsson', 'łukasz']],
    ['Κεφαλαλγία ΚΕΦΑΛΑΛΓΙΑ', ['κεφαλαλγια']],
    ['боль Боль', ['боль']],
    ['ﬁne', ['fine']],
    ['+a -b *c "d" (e) ~f @g', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    ['  …  ', []],
  ])('%j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});

describe('a blind index', () => {
  test('shows neither words, nor their order, nor how often they occur', () => {
    const index = blindIndex(key, 'fever and cough and fever');
    expect(index).toBe(blindIndex(key, 'cough and fever'));
    expect(index).toMatch(/^[a-z2-7]{16}( [a-z2-7]{16}){2}$/);
    expect(index).not.toMatch(/fever|cough/);
  });

  test('is another one under every key', () => {
    expect(blindIndex(randomBytes(32), 'fever')).not.toBe(blindIndex(key, 'fever'));
  });

  test('is asked for every word, under any of the keys', () => {
    const other = randomBytes(32);
    const [fever, cough] = [blindIndex(key, 'fever'), blindIndex(key, 'cough')];
    const [otherFever, otherCough] = [blindIndex(other, 'fever'), blindIndex(other, 'cough')];
    expect(blindQuery([key, other], 'Fever cough')).toBe(
      `+(${cough} ${otherCough}) +(${fever} ${otherFever})`,
    );
    expect(blindQuery([key], '+*"@')).toBeUndefined();
  });
});

import { createHmac } from 'node:crypto';

/** What is indexed of one text, and what is searched for at once: more would only make both slow. */
const MAX_WORDS = 5_000;
const MAX_SEARCHED = 10;
const TOKEN_BYTES = 10;

/**
 * The words of a text as they are compared: without accents, in one case, whatever script. Each word once, in the order
 * of the alphabet, so that an index made of them says nothing about their order or how often they occur.
 */
export const wordsOf = (text: string): string[] => {
  const plain = text.toUpperCase().toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return [...new Set(plain.match(/[\p{L}\p{N}]+/gu))].sort().slice(0, MAX_WORDS);
};

const BASE_32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648, section 6, in lower case. A full-text index takes each text as one word: letters and digits, 16 of them. */
const base32 = (bytes: Buffer): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE_32[parseInt(five, 2)]).join('');
};

const tokenOf = (key: Buffer, word: string): string =>
  base32(createHmac('sha256', key).update(word).digest().subarray(0, TOKEN_BYTES));

/** What a FULLTEXT column keeps instead of the text: a keyed hash (HMAC-SHA-256, 80 bits) of each word. */
export const blindIndex = (key: Buffer, text: string): string =>
  wordsOf(text)
    .map((word) => tokenOf(key, word))
    .sort()
    .join(' ');

/**
 * The search in boolean mode for rows that hold every word of `text`, whichever of the keys they were indexed under;
 * `undefined` where there is no word in it. The tokens hold no operator, and are longer than any stop word.
 */
export const blindQuery = (keys: readonly Buffer[], text: string): string | undefined => {
  const words = wordsOf(text).slice(0, MAX_SEARCHED);
  if (words.length === 0) return undefined;
  return words.map((word) => `+(${keys.map((key) => tokenOf(key, word)).join(' ')})`).join(' ');
};

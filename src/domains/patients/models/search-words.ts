import { fold, oneSpelling, spellingsOf } from './name-spelling.ts';
import type { Patient } from './patient.ts';

/** The edition of {@link wordsOf}. Raise it when the words change: every patient then gets new ones in the background. */
export const WORDS_EDITION = 2;

const MAX_WORD_CHARACTERS = 100;
const MAX_COUNTRY_CODE_DIGITS = 3;
const MIN_NATIONAL_DIGITS = 4;

const partsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** `O'Brien` is found as `o`, `brien` and `obrien`, and `Müller` as `muller` and `mueller`. */
const nameWords = (name: string): string[] =>
  spellingsOf(name).flatMap((spelling) =>
    spelling.split(/\s+/).flatMap((token) => {
      const parts = partsOf(token);
      return parts.length > 1 ? [...parts, parts.join('')] : parts;
    }),
  );

/** The digits of a phone number, without the zeros that only say how far one calls from. */
const phoneDigits = (phone: string): string =>
  phone.replaceAll('(0)', '').replaceAll(/\D/g, '').replace(/^0+/, '');

/** A number as it is dialled from anywhere; with a country code, also as it is dialled within the country. */
export const phoneWords = (phone: string): string[] => {
  const digits = phoneDigits(phone);
  if (!/^\s*(\+|00)/.test(phone)) return [digits];
  const national = Array.from({ length: MAX_COUNTRY_CODE_DIGITS }, (_, at) => digits.slice(at + 1));
  return [digits, ...national.filter((number) => number.length >= MIN_NATIONAL_DIGITS)];
};

const dateWord = (date: string): string => date.replaceAll('-', '');

type Searchable = Pick<
  Patient,
  'firstName' | 'lastName' | 'dateOfBirth' | 'email' | 'phone' | 'medicalRecordNumber'
>;

/** Every word by which a patient is found. */
export const wordsOf = (patient: Searchable): string[] => {
  const number = patient.medicalRecordNumber.toLowerCase();
  const words = [
    ...nameWords(patient.firstName),
    ...nameWords(patient.lastName),
    ...(patient.dateOfBirth === null ? [] : [dateWord(patient.dateOfBirth)]),
    ...(patient.email === null ? [] : [patient.email.toLowerCase()]),
    ...(patient.phone === null ? [] : phoneWords(patient.phone)),
    number,
    number.replace(/^p-/, ''),
    number.replace(/^p-0*/, ''),
  ];
  return [...new Set(words.map((word) => word.slice(0, MAX_WORD_CHARACTERS)))];
};

const ISO_DATE = /^\d{4}-\d{2}(-\d{2})?$/;
const DOTTED_DATE = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;

/** What one token of a question asks for; nothing where it is a part of a phone number. */
const tokenWords = (token: string): string[] | undefined => {
  if (token.includes('@')) return [token.toLowerCase()];
  if (/^p-\d*$/i.test(token) || /^00\d{4}$/.test(token)) return [token.toLowerCase()];
  if (ISO_DATE.test(token)) return [dateWord(token)];
  const [, day, month, year] = DOTTED_DATE.exec(token) ?? [];
  if (day && month && year) return [`${year}${month.padStart(2, '0')}${day.padStart(2, '0')}`];
  return /^[+\d().\/-]*\d[\d().\/-]*$/.test(token) ? undefined : partsOf(fold(token));
};

/**
 * The beginnings of words that a patient must all have to be found by `q`; none where `q` asks for nothing that a
 * patient could have. Numbers beside each other are parts of one phone number.
 */
export const beginningsIn = (q: string): string[] => {
  const beginnings: string[] = [];
  let digits = '';
  const endNumber = () => {
    if (phoneDigits(digits) !== '') beginnings.push(phoneDigits(digits));
    digits = '';
  };
  for (const token of q.trim().split(/\s+/)) {
    const words = tokenWords(token);
    if (words) {
      endNumber();
      beginnings.push(...words);
    } else digits += token;
  }
  endNumber();
  return [...new Set(beginnings.map((word) => word.slice(0, MAX_WORD_CHARACTERS)))];
};

type Exact = { readonly [Field in 'dateOfBirth' | 'email' | 'phone']?: string | undefined };

/** The words by which those are found who have exactly that. */
export const wholeWords = ({ dateOfBirth, email, phone }: Exact): string[] => [
  ...(dateOfBirth === undefined ? [] : [dateWord(dateOfBirth)]),
  ...(email === undefined ? [] : [email.toLowerCase().slice(0, MAX_WORD_CHARACTERS)]),
  ...(phone === undefined ? [] : phoneWords(phone).slice(0, 1)),
];

/** Two names are the same in any order, case and spelling of accents and umlauts. */
export const nameKey = ({ firstName, lastName }: Pick<Patient, 'firstName' | 'lastName'>): string =>
  partsOf(oneSpelling(`${firstName} ${lastName}`))
    .toSorted()
    .join(' ');

/** Whether two numbers reach the same phone: one may lack the country code. */
export const isSamePhone = (a: string, b: string): boolean => {
  const [ofA, ofB] = [phoneWords(a), phoneWords(b)];
  return ofA.includes(ofB[0] ?? '') || ofB.includes(ofA[0] ?? '');
};

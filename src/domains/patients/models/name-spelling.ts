/** Letters that Unicode does not take apart into a letter and an accent. */
const APART: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  þ: 'th',
};

/** How passports, forms and keyboards without these letters spell them (ICAO Doc 9303, part 3, section 6). */
const SPELT_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' };

/** Lower case, without accents (Unicode normalization form KD). */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßæœøđðłıþ]/g, (letter) => APART[letter] ?? letter);

const spellOut = (text: string): string =>
  fold(
    text
      .normalize('NFC')
      .toLowerCase()
      .replaceAll(/[äöüåø]/g, (letter) => SPELT_OUT[letter] ?? letter),
  );

/** The same for all spellings of a name: Müller, MUELLER and Muller. */
export const oneSpelling = (name: string): string =>
  spellOut(name).replaceAll(/([aou])e|aa/g, (two) => two.charAt(0));

/** Every spelling in which somebody may ask for a name. */
export const spellingsOf = (name: string): string[] => [
  ...new Set([fold(name), spellOut(name), oneSpelling(name)]),
];

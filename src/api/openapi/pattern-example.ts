/** Characters in the order in which an example would rather have them. */
const PALETTE = Array.from(
  'a1A0bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ23456789-_. !"#$%&\'()*+,/:;<=>?@[\\]^`{|}~',
);
/** How often more than it must a repetition repeats, until the text is long enough. */
const GENEROSITY = [0, 1, 2, 4, 8, 16, 32];

/**
 * A text that `pattern` matches and `fits` accepts, always the same one, or `undefined` where none is found. Knows
 * alternatives (takes the first), groups, classes, escapes and repetitions; looks over what looks ahead or behind.
 */
export const patternExample = (pattern: string, fits: (text: string) => boolean): string | undefined => {
  const expression = new RegExp(pattern, 'u');
  return GENEROSITY.map((extra) => writeMatch(pattern, extra)).find(
    (text) => expression.test(text) && fits(text),
  );
};

const writeMatch = (pattern: string, extra: number): string => {
  let at = 0;
  const takeIf = (expected: string): boolean => {
    const found = pattern.startsWith(expected, at);
    if (found) at += expected.length;
    return found;
  };
  const take = (expression: RegExp): RegExpExecArray | undefined => {
    const found = expression.exec(pattern.slice(at)) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };

  const alternatives = (): string => {
    const first = sequence();
    while (takeIf('|')) sequence();
    return first;
  };
  const sequence = (): string => {
    let text = '';
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
      const atom = part();
      text += atom.repeat(repetitions());
    }
    return text;
  };
  const part = (): string => {
    if (take(/^(\^|\$|\\b)/)) return '';
    if (takeIf('(')) return group();
    const set = take(/^(\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\[dDwWsS]|\.)/)?.[0];
    if (set !== undefined) return characterOf(set);
    takeIf('\\');
    return take(/^[^]/u)?.[0] ?? '';
  };
  const group = (): string => {
    const isLook = take(/^\?(?:=|!|<=|<!)/) !== undefined;
    if (!isLook) take(/^\?(?::|<\w+>)/);
    const text = alternatives();
    takeIf(')');
    return isLook ? '' : text;
  };
  const repetitions = (): number => {
    const found = take(/^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/);
    if (!found) return 1;
    const [, sign, least = sign === '+' ? '1' : '0', comma, most] = found;
    if (sign === '?') return extra > 0 ? 1 : 0;
    if (comma === '') return Number(least);
    return Math.min(Number(least) + extra, most ? Number(most) : Infinity);
  };

  return alternatives();
};

const characterOf = (set: string): string => {
  const expression = new RegExp(`^${set}$`, 'u');
  return PALETTE.find((character) => expression.test(character)) ?? '';
};

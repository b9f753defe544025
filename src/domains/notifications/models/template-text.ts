import Mustache from 'mustache';

/** The values that a text may name: plain words, by name. Nothing can be reached through them. */
export type Words = Readonly<Record<string, string>>;

/** The words of a message before the facts are filled in. */
export type TemplateText = { readonly title: string; readonly body: string };

/** A text that is no template; the message says what is wrong with it. */
export class TemplateError extends Error {}

type Token = readonly [type: string, value: string, start: number, end: number, inner?: Token[]];

/** No text of ours comes near; a template that has been made to grow is refused instead of sent. */
const MAX_CHARACTERS = 50_000;
const MAX_DEPTH = 5;

const NOT_TAKEN: Readonly<Record<string, string>> = {
  '&': 'is written with {{name}}: values are never taken as HTML',
  '>': 'would include another template, which is not possible',
  '=': 'would change the brackets, which is not possible',
};

/** Mustache reads the text; its own evaluation, which calls functions and walks prototypes, is not used. */
const parse = (text: string): Token[] => {
  try {
    return Mustache.parse(text) as unknown as Token[];
  } catch (error) {
    throw new TemplateError(error instanceof Error ? error.message : 'cannot be read', { cause: error });
  }
};

/**
 * Fills in a template without logic: `{{name}}` for a value, `{{#name}}…{{/name}}` for what stands only where there is one, and
 * `{{^name}}…{{/name}}` where there is none. It looks `name` up in `words` and nowhere else, calls nothing and repeats nothing, so that
 * every text ends. Throws {@link TemplateError} for anything else, a name that is not there included.
 */
export const fill = (text: string, words: Words): string => {
  const known = new Map(Object.entries(words));
  const wordOf = (name: string): string => {
    const word = known.get(name);
    if (word === undefined) {
      throw new TemplateError(`{{${name}}} is not known; there are ${[...known.keys()].sort().join(', ')}`);
    }
    return word;
  };
  const write = (tokens: readonly Token[], depth: number): string => {
    if (depth > MAX_DEPTH) throw new TemplateError('is nested too deeply');
    return tokens.map((token) => writeToken(token, depth)).join('');
  };
  const writeToken = ([type, value, , , inner = []]: Token, depth: number): string => {
    if (type === 'text') return value;
    if (type === 'name') return wordOf(value);
    if (type === '!') return '';
    if (type === '#' || type === '^') {
      // Both branches are read, so that a text that is valid for one visit is valid for all.
      const written = write(inner, depth + 1);
      return (wordOf(value) !== '') === (type === '#') ? written : '';
    }
    throw new TemplateError(`{{${type}${value}}} ${NOT_TAKEN[type] ?? 'is not possible'}`);
  };
  const written = write(parse(text), 0);
  if (written.length > MAX_CHARACTERS) throw new TemplateError('becomes too long');
  return written;
};

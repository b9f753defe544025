import { and, containing, sql, type Sql } from '../../../database/sql.ts';

/** Below this length InnoDB indexes no word (innodb_ft_min_token_size). */
const MIN_INDEXED_CHARACTERS = 3;

/** InnoDB's own stop words: asked for with `+`, they would match nothing. */
const STOP_WORDS = new Set(
  (
    'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where ' +
    'who will with und www'
  ).split(' '),
);

const isIndexed = (word: string) =>
  word.length >= MIN_INDEXED_CHARACTERS && !STOP_WORDS.has(word.toLowerCase());

/** Whether a doctor `d` has the specialization, in large or small letters. */
export const hasSpecialization = (specialization: string): Sql =>
  sql`json_contains(LOWER(d.specializations), LOWER(${JSON.stringify(specialization)}))`;

/** Every word of `q` must begin a word of the text, and there must be one; only letters and digits are taken, so that no operator gets through. */
export const matchesSearch = (q: string): Sql => {
  const words = q.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return sql`FALSE`;
  const indexed = words.filter(isIndexed).map((word) => `+${word}*`);
  const others = words
    .filter((word) => !isIndexed(word))
    .map((word) => sql`d.search_text LIKE ${containing(word)}`);
  const fullText = sql`MATCH (d.search_text) AGAINST (${indexed.join(' ')} IN BOOLEAN MODE)`;
  return sql`TRUE ${and(indexed.length > 0 ? fullText : undefined, ...others)}`;
};

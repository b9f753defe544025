import { escape, type SqlValue } from 'mysql2';
import type { Sql } from './sql.ts';

const MOST_TEXTS = 2_000;
/** Insertions of many rows come in too many lengths. */
const LONGEST_KEPT = 2_000;
const partsOfText = new Map<string, readonly string[]>();

const partsOf = (text: string): readonly string[] => {
  if (text.length > LONGEST_KEPT) return text.split('?');
  const known = partsOfText.get(text);
  if (known) return known;
  if (partsOfText.size >= MOST_TEXTS) partsOfText.clear();
  const parts = text.split('?');
  partsOfText.set(text, parts);
  return parts;
};

/** The driver would spell out a list or an object in a way of its own, and an `undefined` as NULL. */
const isScalar = (value: unknown): value is SqlValue =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint' ||
  Number.isFinite(value) ||
  Buffer.isBuffer(value) ||
  (value instanceof Date && !Number.isNaN(value.getTime()));

const textOf = (value: SqlValue): string => {
  if (value === null) return 'NULL';
  if (Buffer.isBuffer(value)) return `X'${value.toString('hex')}'`;
  if (typeof value === 'number') return String(value);
  return escape(value, true, 'Z');
};

/** A statement with its values in it, what could end its quotes escaped by the driver: for one that is sent together with others, which cannot be prepared. */
export const statementText = ({ text, values }: Sql): string => {
  const parts = partsOf(text);
  if (parts.length !== values.length + 1)
    throw new Error(`Statement has a question mark that is no binding: ${text}`);
  let whole = parts[0] ?? '';
  for (const [i, value] of values.entries()) {
    if (!isScalar(value)) throw new TypeError(`Not a value for a statement: ${typeof value} in ${text}`);
    whole += textOf(value) + (parts[i + 1] ?? '');
  }
  return whole;
};

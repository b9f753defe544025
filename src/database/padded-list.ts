import { sql, type Sql } from './sql.ts';

/** `?, ?`: halves joined, since the length is a power of two. */
const joined = (items: readonly Buffer[]): Sql => {
  const half = items.length / 2;
  return items.length === 1
    ? sql`${items[0]}`
    : sql`${joined(items.slice(0, half))}, ${joined(items.slice(half))}`;
};

/**
 * `?, ?, ?, ?` for `IN (…)` and `FIELD(…)`: as many as the next power of two, by repeating the last item, so that
 * batches of all sizes share a few prepared statements. At least one item.
 */
export const paddedList = (items: readonly Buffer[]): Sql => {
  const last = items.at(-1);
  if (!last) throw new Error('A list in SQL needs at least one item');
  const length = 2 ** Math.ceil(Math.log2(items.length));
  return joined([...items, ...Array.from({ length: length - items.length }, () => last)]);
};

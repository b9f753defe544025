import { z } from 'zod';
import { invalid } from '../utils/errors.ts';
import { Id } from './id.ts';

/** The query of every list: `limit` 1–100 and the `cursor` of the page before. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});
export type PageQuery = z.output<typeof PageQuery>;

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });
export type Page<Item> = { data: Item[]; nextCursor: string | null };

/** The position in a list that is in the order of its ids. */
export const IdPosition = z.tuple([Id]);

/** The position after the last row of a page, opaque to clients. It grants nothing: a forged one only names another position. */
export const encodeCursor = (position: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Reads a cursor back; 422 for one that no page of this list has given. */
export const decodeCursor = <Position extends z.ZodType>(
  position: Position,
  cursor: string | undefined,
): z.output<Position> | undefined => {
  if (cursor === undefined) return undefined;
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalid('/query/cursor', 'is not a cursor of this list; start again without it');
  }
};

/** Makes a page of rows that were read with one row more than `limit`. */
export const toPage = <Row>(
  rows: readonly Row[],
  limit: number,
  position: (last: Row) => readonly (string | number)[],
): Page<Row> => {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return {
    data,
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null,
  };
};

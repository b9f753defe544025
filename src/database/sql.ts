import { siteOf } from './statement-site.ts';

const brand = Symbol('sql');

/** A statement and its bindings, kept apart so that values can never reach the SQL text. */
export type Sql = {
  readonly [brand]: true;
  readonly text: string;
  readonly values: readonly unknown[];
  /** For logs and figures: where it is written, such as `appointments.claim.listClaims`; of parts without meaning, nothing. */
  readonly name?: string;
};

const isSql = (part: unknown): part is Sql => typeof part === 'object' && part !== null && brand in part;

/** Tagged template: values become `?`, nested fragments are spliced in. */
export function sql(strings: TemplateStringsArray, ...parts: readonly unknown[]): Sql {
  let text = strings[0] ?? '';
  const bindings: unknown[] = [];
  for (const [i, part] of parts.entries()) {
    if (isSql(part)) {
      text += part.text;
      bindings.push(...part.values);
    } else {
      text += '?';
      bindings.push(part);
    }
    text += strings[i + 1] ?? '';
  }
  return { [brand]: true, text, values: bindings, name: siteOf(strings, sql) };
}

/** `(?, ?), (?, ?)` for a multi-row INSERT; an empty list is an error, since it would be no SQL. */
export const rows = (tuples: readonly (readonly unknown[])[]): Sql => {
  if (tuples.length === 0) throw new Error('A multi-row INSERT needs at least one row');
  const text = tuples.map((tuple) => `(${tuple.map(() => '?').join(', ')})`).join(', ');
  return { [brand]: true, text, values: tuples.flat() };
};

/** `(?, ?)` for `IN`; an empty list matches nothing. */
export const list = (items: readonly unknown[]): Sql =>
  items.length === 0
    ? sql`(NULL)`
    : { [brand]: true, text: `(${items.map(() => '?').join(', ')})`, values: items };

/** The fragments that are there, each behind `AND`: `WHERE tenant_id = … ${and(a, b)}`. */
export const and = (...conditions: readonly (Sql | undefined)[]): Sql =>
  conditions.reduce<Sql>((all, condition) => (condition ? sql`${all} AND ${condition}` : all), sql``);

const UUID_BYTES = 16;

/** A UUID as the 16 bytes that a BINARY(16) column holds; NULL stays NULL. Shorter bytes would be filled up with zeros. */
export function bin(id: string): Buffer;
export function bin(id: string | null | undefined): Buffer | null;
export function bin(id: string | null | undefined): Buffer | null {
  if (id == null) return null;
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  if (bytes.length !== UUID_BYTES) throw new Error(`Not a UUID: ${id}`);
  return bytes;
}

/** The text of a UUID read from a BINARY(16) column. */
export const uuidOf = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** A row count as a literal: MySQL takes no bound double behind LIMIT. */
export const count = (rowCount: number): Sql => {
  if (!Number.isSafeInteger(rowCount) || rowCount < 0)
    throw new Error(`Not a row count: ${String(rowCount)}`);
  return { [brand]: true, text: String(rowCount), values: [] };
};

const escapeLike = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&');

/** LIKE patterns in which the text stands for itself. */
export const containing = (text: string): string => `%${escapeLike(text)}%`;
export const startingWith = (text: string): string => `${escapeLike(text)}%`;

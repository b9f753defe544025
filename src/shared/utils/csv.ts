import { stringify } from 'csv-stringify/sync';

/** What a cell of a table may hold; null is an empty cell. */
type Cell = string | number | boolean | null;
export type CsvRows = Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>;

/** A spreadsheet would run a text that begins like a formula (OWASP, CSV injection): such a text gets a quote in front. */
const STYLE = {
  record_delimiter: 'windows',
  escape_formulas: true,
  quoted_match: /[\r\n]/,
  cast: { boolean: String },
} as const;

/** A table in CSV (RFC 4180), line by line as the rows come in; the names of the columns are the first line. */
export async function* csvLines(columns: readonly string[], rows: CsvRows): AsyncGenerator<string> {
  yield stringify([columns], STYLE);
  for await (const cells of rows) yield stringify([cells], STYLE);
}

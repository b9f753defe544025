import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import { ExplainedError } from '../../shared/utils/explained-error.ts';
import type { TenantColumn } from '../tenant-tables.ts';

/** A tenant cannot be exported or imported; the message says why, and what to do. Nothing has been changed. */
export class TenantCopyError extends ExplainedError {}

const FORMAT = 'doctor-appointment-tenant';

/**
 * A file is gzip around lines of JSON: this header, a line for each row (the number of its table, then its values), and a
 * trailer that counts and hashes what came before. Bytes are base64, everything else is text as SQL writes it.
 */
export const Header = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  exportedAt: z.string(),
  /** The migrations of the database that it comes from. */
  schema: z.array(z.string()),
  tenant: z.object({ id: Id, name: z.string(), subdomain: z.string() }),
  tables: z.array(
    z.object({ name: z.string(), columns: z.array(z.object({ name: z.string(), type: z.string() })) }),
  ),
});
export type Header = z.output<typeof Header>;
export const newHeader = (fields: Omit<Header, 'format' | 'version'>): Header => ({
  format: FORMAT,
  version: 1,
  ...fields,
});

const Trailer = z.strictObject({ rows: z.int(), sha256: z.string() });
const Row = z.tuple([z.int()], z.string().nullable());

/** A value of a row as it is between file and database. */
export type Value = Buffer | string | null;
export type TenantRow = { readonly table: number; readonly values: readonly Value[] };

export const isBytes = ({ type }: TenantColumn): boolean => /binary|blob|bit/.test(type);

export const lineOf = (table: number, columns: readonly TenantColumn[], values: readonly (Buffer | null)[]) =>
  jsonLine([
    table,
    ...values.map((value, at) => {
      const column = columns[at];
      return value && column && value.toString(isBytes(column) ? 'base64' : 'utf8');
    }),
  ]);

/** JSON on one line, for every reader: some also end lines at these two characters. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/** Adds a line to the file and to what its trailer says. */
export const createSummary = () => {
  const hash = createHash('sha256');
  return {
    add: (line: string): string => {
      hash.update(`${line}\n`);
      return `${line}\n`;
    },
    trailer: (rows: number): string => `${JSON.stringify({ rows, sha256: hash.digest('hex') })}\n`,
  };
};

const damaged = (cause?: unknown) =>
  new TenantCopyError('The file is damaged or incomplete. Export the clinic again, or copy the file again.', {
    cause,
  });

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  const text = createGunzip();
  // Who reads the lines gets the error of either.
  pipeline(input, text, () => undefined);
  const lines = createInterface({ input: text, crlfDelay: Infinity });
  let failure: unknown;
  text.once('error', (error) => {
    failure = error;
    lines.close();
  });
  input.once('error', (error) => {
    failure = error;
    lines.close();
  });
  yield* lines;
  if (failure) throw failure as Error;
}

const parsed = <Schema extends z.ZodType>(schema: Schema, line: string): z.output<Schema> => {
  try {
    return schema.parse(JSON.parse(line));
  } catch (error) {
    throw damaged(error);
  }
};

const readHeader = (line: string): Header => {
  try {
    return Header.parse(JSON.parse(line));
  } catch (error) {
    throw new TenantCopyError('This is no file of npm run tenant:export.', { cause: error });
  }
};

const decoded = (header: Header, [table, ...values]: z.output<typeof Row>): TenantRow => {
  const columns = header.tables[table]?.columns;
  if (columns?.length !== values.length) throw damaged();
  return {
    table,
    values: values.map((value, at) => {
      const column = columns[at];
      return value !== null && column && isBytes(column) ? Buffer.from(value, 'base64') : value;
    }),
  };
};

/**
 * Reads a file once, row by row, and answers its header. Only when it comes back was the file whole: throws
 * {@link TenantCopyError} where it is another file, or one that is damaged or cut off.
 */
export const readCopy = async (
  file: string,
  onHeader: (header: Header) => Promise<void> | void,
  onRow: (row: TenantRow) => Promise<void> | void,
): Promise<Header> => {
  const summary = createSummary();
  let header: Header | undefined;
  let waiting: string | undefined;
  let rows = 0;
  try {
    for await (const line of linesOf(file)) {
      if (!header) {
        header = readHeader(line);
        summary.add(line);
        await onHeader(header);
        continue;
      }
      // The last line is the trailer, and which one is last is known one line later.
      if (waiting !== undefined) {
        summary.add(waiting);
        rows += 1;
        await onRow(decoded(header, parsed(Row, waiting)));
      }
      waiting = line;
    }
  } catch (error) {
    throw explained(error, header);
  }
  if (!header) throw new TenantCopyError('The file is empty.');
  const said = parsed(Trailer, waiting ?? '');
  if (summary.trailer(rows) !== `${JSON.stringify(said)}\n`) throw damaged();
  return header;
};

const explained = (error: unknown, header: Header | undefined): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
    return new TenantCopyError(`The file cannot be read: ${(error as Error).message}`);
  if (code?.startsWith('Z_') !== true) return error;
  return header
    ? damaged(error)
    : new TenantCopyError('This is no file of npm run tenant:export.', { cause: error });
};

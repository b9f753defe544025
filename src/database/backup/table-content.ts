import { escape } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { quoted } from '../tenant-tables.ts';
import type { Snapshot } from './snapshot.ts';

const STATEMENT_CHARACTERS = 512 * 1024;
const STATEMENT_ROWS = 5_000;

type Column = { readonly name: string; readonly kind: 'number' | 'bytes' | 'text' };

const kindOf = (type: string): Column['kind'] => {
  if (/int|decimal|float|double|year/.test(type)) return 'number';
  return /binary|blob|^bit$|geom|point|linestring|polygon|vector/.test(type) ? 'bytes' : 'text';
};

/** Columns that are stored; generated ones follow from these. */
const columnsOf = async ({ promised }: Snapshot, table: string): Promise<Column[]> => {
  const [rows] = await promised.query<({ name: string; type: string } & RowDataPacket)[]>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND extra NOT REGEXP '(VIRTUAL|STORED|PERSISTENT) GENERATED'
     ORDER BY ordinal_position`,
    [table],
  );
  return rows.map(({ name, type }) => ({ name, kind: kindOf(type.toLowerCase()) }));
};

/** In the order of the primary key, so that the same rows are always the same text. */
const orderOf = async ({ promised }: Snapshot, table: string, columns: readonly Column[]) => {
  const [keys] = await promised.query<({ name: string } & RowDataPacket)[]>(
    `SELECT column_name AS name FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = ? AND index_name = 'PRIMARY' ORDER BY seq_in_index`,
    [table],
  );
  return (keys.length > 0 ? keys : columns).map(({ name }) => quoted(name)).join(', ');
};

const literal = (value: Buffer | null, kind: Column['kind']): string => {
  if (value === null) return 'NULL';
  if (kind === 'number') return value.toString('latin1');
  return kind === 'bytes' ? `x'${value.toString('hex')}'` : escape(value.toString('utf8'));
};

export type Statement = { readonly text: Buffer; readonly rows: number };

/** All rows of a table as the INSERT statements that bring them back; one statement in memory at a time. */
export async function* statementsOf(snapshot: Snapshot, table: string): AsyncGenerator<Statement> {
  const columns = await columnsOf(snapshot, table);
  const list = columns.map(({ name }) => quoted(name)).join(', ');
  const query = snapshot.connection.query({
    sql: `SELECT ${list} FROM ${quoted(table)} ORDER BY ${await orderOf(snapshot, table, columns)}`,
    rowsAsArray: true,
    typeCast: (field) => field.buffer(),
  });
  let tuples: string[] = [];
  let size = 0;
  const statement = (): Statement => ({
    text: Buffer.from(`INSERT INTO ${quoted(table)} (${list}) VALUES\n${tuples.join(',\n')};\n`),
    rows: tuples.length,
  });
  for await (const row of query.stream() as AsyncIterable<(Buffer | null)[]>) {
    const tuple = `(${row.map((value, at) => literal(value, columns[at]?.kind ?? 'bytes')).join(',')})`;
    tuples.push(tuple);
    size += tuple.length;
    if (size < STATEMENT_CHARACTERS && tuples.length < STATEMENT_ROWS) continue;
    yield statement();
    [tuples, size] = [[], 0];
  }
  if (tuples.length > 0) yield statement();
}

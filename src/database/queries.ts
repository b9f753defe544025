import type { FieldPacket, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { type Sql, uuidOf } from './sql.ts';

/** The questions and orders that a connection takes. */
export type Queries = {
  many<Row>(statement: Sql): Promise<Row[]>;
  one<Row>(statement: Sql): Promise<Row | undefined>;
  run(statement: Sql): Promise<{ readonly affectedRows: number }>;
};

const BINARY_16 = { type: 254, length: 16, charset: 63 };
const TINYINT_1 = { type: 1, length: 1 };

/** BINARY(16) leaves the database as UUID text and TINYINT(1) as a boolean, told by the columns' own types. */
const decodeRows = (rows: RowDataPacket[], fields: FieldPacket[]): RowDataPacket[] => {
  const decoders: [name: string, decode: (value: never) => unknown][] = [];
  for (const { name, columnType, columnLength, characterSet } of fields) {
    if (
      columnType === BINARY_16.type &&
      columnLength === BINARY_16.length &&
      characterSet === BINARY_16.charset
    ) {
      decoders.push([name, uuidOf]);
    } else if (columnType === TINYINT_1.type && columnLength === TINYINT_1.length) {
      decoders.push([name, (value: number) => value === 1]);
    }
  }
  for (const row of rows) {
    for (const [name, decode] of decoders) if (row[name] !== null) row[name] = decode(row[name] as never);
  }
  return rows;
};

/** Runs one statement; answers its rows or its outcome, and the columns. */
export type Execute = (statement: Sql) => Promise<[RowDataPacket[] | ResultSetHeader, FieldPacket[]]>;

export const queriesBy = (execute: Execute): Queries => {
  const many = async <Row>(statement: Sql) => {
    const [rows, fields] = await execute(statement);
    return decodeRows(rows as RowDataPacket[], fields) as Row[];
  };
  return {
    many,
    one: async <Row>(statement: Sql) => (await many<Row>(statement))[0],
    run: async (statement) => (await execute(statement))[0] as ResultSetHeader,
  };
};

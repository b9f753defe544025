import type { Connection, RowDataPacket } from 'mysql2/promise';

export type TenantColumn = {
  readonly name: string;
  /** As information_schema calls it, in lower case: `binary`, `datetime`, `json`. */
  readonly type: string;
};
export type TenantReference = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
};
/** A table whose rows belong to tenants, with the columns that are stored; generated ones follow from these. */
export type TenantTable = {
  readonly name: string;
  readonly columns: readonly TenantColumn[];
  readonly generated: readonly string[];
  readonly primaryKey: readonly string[];
};

type ColumnRow = { tableName: string; name: string; type: string; extra: string; keyPart: number | null };

const isGenerated = ({ extra }: ColumnRow): boolean =>
  /\b(VIRTUAL|STORED|PERSISTENT) GENERATED\b/i.test(extra);

/** Every table with a `tenant_id`, whichever migration made it, by name. MariaDB's JSON is a long text. */
export const listTenantTables = async (connection: Connection): Promise<TenantTable[]> => {
  const [rows] = await connection.query<(ColumnRow & RowDataPacket)[]>(`
    SELECT c.table_name AS tableName, c.column_name AS name, c.data_type AS type, c.extra AS extra,
      s.seq_in_index AS keyPart
    FROM information_schema.columns c
    LEFT JOIN information_schema.statistics s
      ON s.table_schema = c.table_schema AND s.table_name = c.table_name AND s.column_name = c.column_name
        AND s.index_name = 'PRIMARY'
    WHERE c.table_schema = DATABASE() AND c.table_name IN (
      SELECT t.table_name FROM information_schema.columns t
      JOIN information_schema.tables b ON b.table_schema = t.table_schema AND b.table_name = t.table_name
      WHERE t.table_schema = DATABASE() AND t.column_name = 'tenant_id' AND b.table_type = 'BASE TABLE')
    ORDER BY c.table_name, c.ordinal_position`);
  const names = [...new Set(rows.map(({ tableName }) => tableName))];
  return names.map((name) => {
    const own = rows.filter(({ tableName }) => tableName === name);
    return {
      name,
      generated: own.filter(isGenerated).map((column) => column.name),
      columns: own
        .filter((column) => !isGenerated(column))
        .map((column) => ({ name: column.name, type: column.type.toLowerCase() })),
      primaryKey: own
        .filter(({ keyPart }) => keyPart !== null)
        .toSorted((a, b) => Number(a.keyPart) - Number(b.keyPart))
        .map((column) => column.name),
    };
  });
};

type ReferenceRow = {
  tableName: string;
  name: string;
  columnName: string;
  parent: string;
  parentColumn: string;
};

/** Every foreign key between tables of tenants. */
export const listTenantReferences = async (connection: Connection): Promise<TenantReference[]> => {
  const [rows] = await connection.query<(ReferenceRow & RowDataPacket)[]>(`
    SELECT table_name AS tableName, constraint_name AS name, column_name AS columnName,
      referenced_table_name AS parent, referenced_column_name AS parentColumn
    FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
    ORDER BY table_name, constraint_name, ordinal_position`);
  const names = [...new Set(rows.map(({ tableName, name }) => `${tableName}.${name}`))];
  return names.map((key) => {
    const own = rows.filter(({ tableName, name }) => `${tableName}.${name}` === key);
    return {
      table: own[0]?.tableName ?? '',
      columns: own.map(({ columnName }) => columnName),
      parent: own[0]?.parent ?? '',
      parentColumns: own.map(({ parentColumn }) => parentColumn),
    };
  });
};

/** A name of information_schema as SQL takes it. */
export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

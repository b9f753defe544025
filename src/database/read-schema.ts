import type { SystemDb } from './db.ts';
import { sql } from './sql.ts';

export type Column = {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** As it is written in SQL; `undefined` where there is none. */
  readonly default: string | undefined;
  readonly updatesItself: boolean;
  readonly generated: boolean;
};
export type Key = {
  readonly name: string;
  readonly kind: 'primary' | 'unique' | 'fulltext' | 'index';
  readonly columns: readonly string[];
};
export type ForeignKey = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
};
export type Table = {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Names of the CHECK constraints. */
  readonly checks: readonly string[];
};

/** The servers name these columns in upper case or as they are asked for, so that each is given its name here. */
type ColumnRow = {
  tableName: string;
  name: string;
  type: string;
  nullable: string;
  byDefault: string | null;
  extra: string;
  collation: string | null;
};
const listColumns = (db: SystemDb) =>
  db.many<ColumnRow>(sql`
    SELECT table_name AS tableName, column_name AS name, column_type AS type, is_nullable AS nullable,
      column_default AS byDefault, extra AS extra, collation_name AS collation
    FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`);

type KeyRow = { tableName: string; name: string; kind: string; isLax: number; columnName: string };
const listKeys = (db: SystemDb) =>
  db.many<KeyRow>(sql`
    SELECT table_name AS tableName, index_name AS name, index_type AS kind, non_unique AS isLax, column_name AS columnName
    FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`);

type ForeignKeyRow = {
  tableName: string;
  name: string;
  columnName: string;
  parent: string;
  parentColumn: string;
};
const listForeignKeys = (db: SystemDb) =>
  db.many<ForeignKeyRow>(sql`
    SELECT table_name AS tableName, constraint_name AS name, column_name AS columnName,
      referenced_table_name AS parent, referenced_column_name AS parentColumn
    FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
    ORDER BY table_name, constraint_name, ordinal_position`);

const listChecks = (db: SystemDb) =>
  db.many<{ tableName: string; name: string }>(sql`
    SELECT table_name AS tableName, constraint_name AS name FROM information_schema.table_constraints
    WHERE table_schema = DATABASE() AND constraint_type = 'CHECK' ORDER BY table_name, constraint_name`);

const USUAL_COLLATION = 'utf8mb4_unicode_520_ci';

/** MariaDB keeps JSON as text with a check that has the column's name; older servers give integers a width. */
const typeOf = ({ type, collation }: ColumnRow, isJson: boolean): string => {
  if (isJson) return 'json';
  const plain = type
    .toLowerCase()
    .replace(/^tinyint\(1\)$/, 'boolean')
    .replace(/^(tinyint|smallint|mediumint|int|bigint)\(\d+\)/, '$1');
  return collation === null || collation === USUAL_COLLATION ? plain : `${plain} ${collation}`;
};

/** MariaDB quotes a text and spells out NULL; both write the functions in a case of their own. */
const defaultOf = ({ byDefault, type }: ColumnRow): string | undefined => {
  if (byDefault === null || byDefault === 'NULL') return undefined;
  const bare = byDefault.replace(/^'(.*)'$/, '$1');
  if (/^current_timestamp/i.test(bare)) return bare.toUpperCase();
  if (type === 'tinyint(1)') return bare === '1' ? 'TRUE' : 'FALSE';
  return /^\d+$/.test(bare) ? bare : `'${bare}'`;
};

const kindOf = ({ name, kind, isLax }: KeyRow): Key['kind'] => {
  if (name === 'PRIMARY') return 'primary';
  if (kind === 'FULLTEXT') return 'fulltext';
  return isLax ? 'index' : 'unique';
};

/** The rows that share a name, in the order given. */
const grouped = <Row>(rows: readonly Row[], nameOf: (row: Row) => string): [string, Row[]][] =>
  [...new Set(rows.map(nameOf))].map((name) => [name, rows.filter((row) => nameOf(row) === name)]);
const nameOf = ({ name }: { readonly name: string }) => name;

/** Every table of the database, by name, in words that are the same on MySQL and MariaDB. */
export const readSchema = async (db: SystemDb): Promise<ReadonlyMap<string, Table>> => {
  const columns = await listColumns(db);
  const keys = await listKeys(db);
  const foreignKeys = await listForeignKeys(db);
  const checks = await listChecks(db);
  const tables = new Map<string, Table>();
  for (const [name, ownColumns] of grouped(columns, ({ tableName }) => tableName)) {
    const isOwn = (row: { readonly tableName: string }) => row.tableName === name;
    const ownChecks = checks.filter(isOwn).map(nameOf);
    tables.set(name, {
      name,
      columns: ownColumns.map((column) => ({
        name: column.name,
        type: typeOf(column, ownChecks.includes(column.name)),
        nullable: column.nullable === 'YES',
        default: defaultOf(column),
        updatesItself: /on update/i.test(column.extra),
        generated: /generated/i.test(column.extra.replace(/default_generated/i, '')),
      })),
      keys: grouped(keys.filter(isOwn), nameOf).map(([keyName, parts]) => ({
        name: keyName,
        kind: parts[0] ? kindOf(parts[0]) : 'index',
        columns: parts.map(({ columnName }) => columnName),
      })),
      foreignKeys: grouped(foreignKeys.filter(isOwn), nameOf).map(([keyName, parts]) => ({
        name: keyName,
        columns: parts.map(({ columnName }) => columnName),
        parent: parts[0]?.parent ?? '',
        parentColumns: parts.map(({ parentColumn }) => parentColumn),
      })),
      checks: ownChecks.filter((check) => !ownColumns.some((column) => column.name === check)),
    });
  }
  return tables;
};

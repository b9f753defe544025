import { code, table as markdownTable } from '../shared/utils/markdown.ts';
import type { SystemDb } from './db.ts';
import type { MigrationNotes } from './migration-notes.ts';
import { type Column, type ForeignKey, type Key, readSchema, type Table } from './read-schema.ts';

const INTRODUCTION = `# Database schema

Written from a migrated database by \`npm run docs:database\`; do not edit. The reasons are in the decisions under
[architecture](../architecture/README.md), above all
[0002](../architecture/0002-uuidv7-keys-that-start-with-the-tenant.md),
[0003](../architecture/0003-instants-in-utc-and-the-booked-wall-clock.md),
[0004](../architecture/0004-soft-deletion.md) and
[0007](../architecture/0007-the-calendar-is-a-table-of-claims.md).

- \`binary(16)\` holds a UUID. Every \`datetime(3)\` is UTC, to the millisecond.
- Text is \`utf8mb4\`, compared by \`utf8mb4_unicode_520_ci\`, unless the type names another collation.
- \`version\` grows by one with each change and is the ETag of the row's resource.
- \`live\` is 1 until the row is deleted, then NULL: unique keys that end with it bind live rows only.
- Which migrations have been applied is kept in \`schema_migrations\`, which the migration runner makes.`;

const list = (names: readonly string[]) => code(`(${names.join(', ')})`);

const defaultOf = (column: Column): string => {
  if (column.generated) return '';
  if (column.default === undefined) return column.nullable ? code('NULL') : '';
  return code(column.default) + (column.updatesItself ? ', also on update' : '');
};

const columnRows = ({ name: tableName, columns }: Table, notes: MigrationNotes): string[][] =>
  columns.map((column) => {
    const at = `${tableName}.${column.name}`;
    const expression = column.generated ? notes.expressions.get(at) : undefined;
    const remarks = [
      ...(expression === undefined ? [] : [`Always ${code(expression)}.`]),
      notes.columns.get(at) ?? '',
    ];
    return [
      code(column.name),
      code(column.type),
      column.nullable ? 'yes' : 'no',
      defaultOf(column),
      remarks.join(' '),
    ];
  });

const KINDS = { primary: 'Primary key', unique: 'Unique', fulltext: 'Full text', index: 'Index' } as const;

const keyLine = ({ kind, name, columns }: Key): string =>
  kind === 'primary'
    ? `- ${KINDS[kind]} ${list(columns)}`
    : `- ${KINDS[kind]} ${code(name)} ${list(columns)}`;

const foreignKeyLine = ({ name, columns, parent, parentColumns }: ForeignKey): string =>
  `- Foreign key ${code(name)} ${list(columns)} to [${code(parent)}](#${parent}) ${list(parentColumns)}`;

/** Primary key first, then the unique ones. An index that only serves a foreign key says nothing new. */
const keyLines = ({ keys, foreignKeys }: Table): string[] => {
  const kinds = Object.keys(KINDS);
  return keys
    .filter(({ name }) => !foreignKeys.some((foreign) => foreign.name === name))
    .toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1))
    .map(keyLine);
};

const tableSection = (table: Table, notes: MigrationNotes): string => {
  const comment = notes.tables.get(table.name);
  const checks = table.checks.map(
    (name) => `- Check ${code(name)}: ${code(notes.expressions.get(name) ?? '')}`,
  );
  return [
    `### ${table.name}`,
    ...(comment === undefined ? [] : [comment]),
    markdownTable(['Column', 'Type', 'Null', 'Default', 'Notes'], columnRows(table, notes)),
    [...keyLines(table), ...table.foreignKeys.map(foreignKeyLine), ...checks].join('\n'),
  ].join('\n\n');
};

/** One line of a mermaid ER diagram: a parent row, and how many child rows may name it. */
const relation = (table: Table, { columns, parent }: ForeignKey): string => {
  const own = columns.filter((name) => name !== 'tenant_id');
  const isOptional = table.columns.some(({ name, nullable }) => nullable && columns.includes(name));
  return `  ${parent} ${isOptional ? '|o' : '||'}--o{ ${table.name} : "${own.join(', ') || 'tenant_id'}"`;
};

const diagram = (tables: readonly Table[]): string =>
  [
    '```mermaid',
    'erDiagram',
    ...tables.flatMap((table) =>
      table.foreignKeys.length === 0
        ? [`  ${table.name}`]
        : table.foreignKeys.map((foreignKey) => relation(table, foreignKey)),
    ),
    '```',
  ].join('\n');

/** `0001_ground_floor.sql` is the chapter `Ground floor`. */
const titleOf = (file: string): string => {
  const words = file
    .replace(/^\d+_/, '')
    .replace(/\.sql$/, '')
    .replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/**
 * The page about the schema of `db`, the same on every server: tables in the order in which migrations make them,
 * explained by the comments in these.
 */
export const describeSchema = async (db: SystemDb, notes: MigrationNotes): Promise<string> => {
  const schema = await readSchema(db);
  const chapters = notes.chapters
    .map(({ file, tables }) => ({ file, tables: tables.flatMap((name) => schema.get(name) ?? []) }))
    .filter(({ tables }) => tables.length > 0);
  const sections = chapters.flatMap(({ file, tables }) => [
    `## ${titleOf(file)}`,
    `Made by \`${file}\`.`,
    ...tables.map((table) => tableSection(table, notes)),
  ]);
  const all = chapters.flatMap(({ tables }) => tables);
  return `${[INTRODUCTION, '## Diagram', diagram(all), ...sections].join('\n\n')}\n`;
};

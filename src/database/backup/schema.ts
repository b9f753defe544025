import type { Connection, RowDataPacket } from 'mysql2/promise';
import { quoted } from '../tenant-tables.ts';
import { BackupError } from './backup-error.ts';

export const RECORD_OF_MIGRATIONS = 'schema_migrations';

/** Tables by name, the record of migrations last: a database without it is none that a server would use. */
export const listTables = async (connection: Connection): Promise<string[]> => {
  const [rows] = await connection.query<({ name: string; type: string } & RowDataPacket)[]>(
    `SELECT table_name AS name, table_type AS type FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_type <> 'VIEW' ORDER BY table_name = ?, table_name`,
    [RECORD_OF_MIGRATIONS],
  );
  const odd = rows.find(({ type }) => type !== 'BASE TABLE');
  if (odd)
    throw new BackupError(
      `${odd.name} is a ${odd.type.toLowerCase()}, which a backup cannot hold. Remove it.`,
    );
  return rows.map(({ name }) => name);
};

/** The answer to SHOW CREATE: MySQL shows nothing to whoever may not see it. */
const shown = async (
  connection: Connection,
  what: string,
  name: string,
  column: string,
): Promise<RowDataPacket> => {
  const [[row]] = await connection.query<RowDataPacket[]>(`SHOW CREATE ${what} ${quoted(name)}`);
  if (!row?.[column])
    throw new BackupError(
      `The user of the database may not see how the ${what.toLowerCase()} ${name} is made.`,
    );
  return row;
};

export const createTable = async (connection: Connection, table: string): Promise<string> =>
  String((await shown(connection, 'TABLE', table, 'Create Table'))['Create Table']);

/** Who restores it owns it: whoever made it may not be known there. */
const withoutOwner = (statement: string) => statement.replace(/ DEFINER=`[^`]*`@`[^`]*`/, '');

const PROGRAMS = [
  ['TRIGGER', 'SQL Original Statement', 'triggers', 'trigger_name', 'trigger_schema = DATABASE()'],
  [
    'FUNCTION',
    'Create Function',
    'routines',
    'routine_name',
    "routine_schema = DATABASE() AND routine_type = 'FUNCTION'",
  ],
  [
    'PROCEDURE',
    'Create Procedure',
    'routines',
    'routine_name',
    "routine_schema = DATABASE() AND routine_type = 'PROCEDURE'",
  ],
  ['VIEW', 'Create View', 'views', 'table_name', 'table_schema = DATABASE()'],
  ['EVENT', 'Create Event', 'events', 'event_name', 'event_schema = DATABASE()'],
] as const;

/** A trigger, routine, view or event that somebody has added; the product itself has none. */
export type Program = {
  readonly kind: string;
  readonly name: string;
  readonly sqlMode: string | null;
  readonly statement: string;
};

export const listPrograms = async (connection: Connection): Promise<Program[]> => {
  const programs: Program[] = [];
  for (const [kind, column, from, name, where] of PROGRAMS) {
    const [rows] = await connection.query<({ name: string } & RowDataPacket)[]>(
      `SELECT ${name} AS name FROM information_schema.${from} WHERE ${where} ORDER BY ${name}`,
    );
    for (const each of rows) {
      const row = await shown(connection, kind, each.name, column);
      const sqlMode = row['sql_mode'] === undefined ? null : String(row['sql_mode']);
      programs.push({ kind, name: each.name, sqlMode, statement: withoutOwner(String(row[column])) });
    }
  }
  return programs;
};

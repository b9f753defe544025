import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Migration } from './migration-files.ts';

export type MigrationStatus = {
  readonly name: string;
  readonly state: 'applied' | 'pending' | 'unfinished' | 'changed' | 'missing';
  /** Statements that have run, of a migration that stopped half-way. */
  readonly statementsDone: number;
  readonly failure: string | null;
};

/** A row of the record that a database keeps of its migrations. */
type Applied = {
  name: string;
  checksum: string;
  statementsDone: number;
  finishedAt: Date | null;
  failure: string | null;
};

export const createRecord = (connection: Connection) =>
  connection.query(`
    CREATE TABLE IF NOT EXISTS schema_migrations (
      name VARCHAR(200) NOT NULL PRIMARY KEY,
      checksum CHAR(64) NOT NULL,
      statements_done INT UNSIGNED NOT NULL,
      started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      finished_at DATETIME(3) NULL,
      failure TEXT NULL
    ) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci`);

/** Nothing has been applied to a database that has no record of it. */
export const readApplied = async (connection: Connection): Promise<Map<string, Applied>> => {
  const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES LIKE 'schema\\_migrations'");
  if (tables.length === 0) return new Map();
  const [rows] = await connection.query<(Applied & RowDataPacket)[]>(`
    SELECT name, checksum, statements_done AS statementsDone, finished_at AS finishedAt, failure
    FROM schema_migrations ORDER BY name`);
  return new Map(rows.map((row) => [row.name, row]));
};

const stateOf = (migration: Migration, applied: Applied | undefined): MigrationStatus['state'] => {
  if (!applied) return 'pending';
  if (!applied.finishedAt) return 'unfinished';
  return applied.checksum === migration.checksum ? 'applied' : 'changed';
};

/** The known migrations in their order, then those whose files are gone. */
export const statusOf = (migrations: Migration[], applied: Map<string, Applied>): MigrationStatus[] => {
  const known = migrations.map((migration) => {
    const row = applied.get(migration.name);
    const state = stateOf(migration, row);
    return {
      name: migration.name,
      state,
      statementsDone: row?.statementsDone ?? 0,
      failure: row?.failure ?? null,
    };
  });
  const names = new Set(migrations.map(({ name }) => name));
  const missing = [...applied.values()]
    .filter(({ name }) => !names.has(name))
    .map(({ name, statementsDone, failure }) => ({
      name,
      state: 'missing' as const,
      statementsDone,
      failure,
    }));
  return [...known, ...missing];
};

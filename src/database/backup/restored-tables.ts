import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { quoted } from '../tenant-tables.ts';
import { BackupError } from './backup-error.ts';
import type { Manifest } from './manifest.ts';
import type { Program } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { statementsOf } from './table-content.ts';

const STATEMENTS_PER_COMMIT = 32;

/** As the server itself writes it; zero is a value like any other. Nothing is checked that was checked when it was written. */
export const prepareForRows = (connection: Connection) =>
  connection.query(
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0, innodb_lock_wait_timeout = 600",
  );

/** Fills one table after the other. */
export const createRestoredTables = (connection: Connection) => {
  let uncommitted = 0;
  const commit = async () => {
    if (uncommitted > 0) await connection.query('COMMIT');
    uncommitted = 0;
  };
  return {
    begin: (statement: string) => connection.query(statement),
    fill: async (statement: Buffer): Promise<void> => {
      if (uncommitted === 0) await connection.query('START TRANSACTION');
      await connection.query(statement.toString());
      uncommitted += 1;
      if (uncommitted === STATEMENTS_PER_COMMIT) await commit();
    },
    end: commit,
  };
};

/** Triggers, routines, views and events: a view may need one that comes later. */
export const restorePrograms = async (
  connection: Connection,
  programs: readonly Program[],
): Promise<void> => {
  let left = programs;
  while (left.length > 0) {
    const failed: Program[] = [];
    let cause: unknown;
    for (const program of left) {
      try {
        await connection.query('SET SESSION sql_mode = ?', [program.sqlMode ?? '']);
        await connection.query(program.statement);
      } catch (error) {
        cause = error;
        failed.push(program);
      }
    }
    if (failed.length === left.length) {
      const { kind, name } = failed[0] as Program;
      throw new BackupError(`The ${kind.toLowerCase()} ${name} cannot be made: ${(cause as Error).message}`, {
        cause,
      });
    }
    left = failed;
  }
  await prepareForRows(connection);
};

/** Reads every table again, and throws unless each is what the backup says. */
export const compareTables = async (
  snapshot: Snapshot,
  tables: Manifest['tables'],
  onTable: (name: string) => void,
): Promise<void> => {
  for (const { name, rows, sha256 } of tables) {
    const hash = createHash('sha256');
    let found = 0;
    for await (const statement of statementsOf(snapshot, name)) {
      hash.update(statement.text);
      found += statement.rows;
    }
    if (found !== rows || hash.digest('hex') !== sha256)
      throw new BackupError(
        `${quoted(name)} is not what the backup holds after it was restored: ${found} of ${rows} rows are there. Is somebody else writing into the database?`,
      );
    onTable(name);
  }
};

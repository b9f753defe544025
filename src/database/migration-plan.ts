import type { RowDataPacket } from 'mysql2/promise';
import { type Migration, MIGRATIONS, readMigrations } from './migration-files.ts';
import { readApplied, statusOf } from './migration-record.ts';
import { demandGood, onDatabase } from './migration-runner.ts';
import { judge, madeBy, type Verdict, withoutComments } from './migration-safety.ts';
import type { DatabaseConfig } from './pool.ts';

export type PlannedStatement = Verdict & {
  readonly text: string;
  /** About how many rows each of its tables has, as the server estimates. */
  readonly rows: readonly { readonly table: string; readonly about: number }[];
};
export type PlannedMigration = {
  readonly name: string;
  /** Statements that have run already, of one that stopped half-way. */
  readonly done: number;
  readonly statements: readonly PlannedStatement[];
};

const statementsOf = (
  { statements }: Migration,
  done: number,
  rowsOf: ReadonlyMap<string, number>,
): PlannedStatement[] =>
  statements.slice(done).map((text) => {
    const verdict = judge(text, (table) => rowsOf.has(table));
    return {
      ...verdict,
      text,
      rows: verdict.tables.map((table) => ({ table, about: rowsOf.get(table) ?? 0 })),
    };
  });

/**
 * What `migrate` would run, and what that would mean for those who work meanwhile. Changes nothing. Throws `MigrationError`
 * where `migrate` would refuse, except that a migration which stopped half-way is shown from there on.
 */
export const planMigrations = async (
  config: DatabaseConfig,
  folder = MIGRATIONS,
): Promise<PlannedMigration[]> => {
  const migrations = await readMigrations(folder);
  return onDatabase(config, async (connection) => {
    const applied = await readApplied(connection);
    for (const status of statusOf(migrations, applied)) demandGood(status, true);
    const [tables] = await connection.query<({ name: string; about: number | null } & RowDataPacket)[]>(
      "SELECT table_name AS name, table_rows AS about FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
    );
    const rowsOf = new Map(tables.map(({ name, about }) => [name, about ?? 0]));
    return migrations
      .filter(({ name }) => !applied.get(name)?.finishedAt)
      .map((migration) => {
        const done = applied.get(migration.name)?.statementsDone ?? 0;
        return { name: migration.name, done, statements: statementsOf(migration, done, rowsOf) };
      });
  });
};

const onOneLine = (text: string): string => withoutComments(text).replaceAll(/\s+/g, ' ');

const meaningOf = (statement: PlannedStatement): string => {
  if (statement.faults.length > 0)
    return statement.excuse === undefined ? 'BLOCKS' : `blocks, and says why it may: ${statement.excuse}`;
  return madeBy(statement.text) === undefined && statement.tables.length > 0
    ? 'online'
    : 'touches nothing that is there';
};

const linesOfStatement = (statement: PlannedStatement, at: number): string[] => [
  `  ${at}. ${onOneLine(statement.text)}`,
  `     ${meaningOf(statement)}`,
  ...statement.faults.map((fault) => `     - it ${fault}`),
  ...statement.rows.map(({ table, about }) => `     ${table}: about ${about} rows`),
];

/** A plan as people read it. */
export const planText = (plan: readonly PlannedMigration[]): string => {
  const statements = plan.flatMap((migration) => migration.statements);
  const blocking = statements.filter(({ faults }) => faults.length > 0);
  return [
    ...plan.flatMap(({ name, done, statements: own }) => [
      done > 0 ? `${name}, from statement ${done + 1} on` : name,
      ...own.flatMap((statement, at) => linesOfStatement(statement, done + at + 1)),
      '',
    ]),
    `Migrations that wait: ${plan.length}. Their statements: ${statements.length}, of which ${blocking.length} let others wait. Nothing was changed.`,
    '',
  ].join('\n');
};

import type { Db, Lane, Tx } from './handles.ts';
import { type Execute, queriesBy } from './queries.ts';
import { bin, type Sql } from './sql.ts';
import { changesSchedules, renewScheduleVersion } from './versions.ts';
import type { DatabaseWatch } from './watch.ts';

const refusingOtherTenants =
  <T>(act: (statement: Sql) => T) =>
  (statement: Sql): T => {
    if (!statement.text.includes('tenant_id'))
      throw new Error(`Statement names no tenant: ${statement.text}`);
    return act(statement);
  };

export const bind = (
  execute: Execute,
  tenantId: string,
  watch: DatabaseWatch,
  lane: Lane = { name: tenantId, isTransaction: false },
): Db => ({
  tenantId,
  tenant: bin(tenantId),
  mayRemember: () => true,
  lane,
  ...queriesBy(
    refusingOtherTenants((statement) => watch.ofTenant(tenantId, statement, () => execute(statement))),
  ),
});

/** How the statements of a transaction reach its connection. */
export type Statements = {
  /** One for all that share the transaction, and no other. */
  readonly name: string;
  readonly execute: Execute;
  later(statement: Sql): void;
  /** Runs behind a savepoint, see `attempt.ts`. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
};

/** What one transaction, or one of several that share a commit, asks for besides its statements. */
export type Scope = {
  forTenant(tenantId: string): Tx;
  /** What is to run at its very end, by tenant and key. */
  readonly endings: ReadonlyMap<string, Sql>;
  /** Does what was to follow the commit. */
  follow(): void;
};

export const openScope = (statements: Statements, watch: DatabaseWatch): Scope => {
  let afterCommit: (() => void)[] = [];
  const endings = new Map<string, Sql>();
  const changing = new Set<string>();

  const attempt = async <R>(attempted: () => Promise<R>) => {
    const actsBefore = [...afterCommit];
    try {
      return await statements.attempt(attempted);
    } catch (error) {
      afterCommit = actsBefore;
      throw error;
    }
  };

  const forTenant = (tenantId: string): Tx => {
    const noting = <R>(run: (statement: Sql) => R) =>
      refusingOtherTenants((statement: Sql): R => {
        if (changesSchedules(statement)) renewScheduleVersion(tx);
        return run(statement);
      });
    const tx = {
      ...bind(noting(statements.execute), tenantId, watch, {
        name: `${tenantId}/${statements.name}`,
        isTransaction: true,
      }),
      mayRemember: () => !changing.has(tenantId),
      later: noting(statements.later),
      atEnd: (key: string, statement: Sql) => {
        changing.add(tenantId);
        endings.set(tenantId + key, statement);
      },
      afterCommit: (act: () => void) => afterCommit.push(act),
      attempt,
    } as unknown as Tx;
    return tx;
  };

  return {
    forTenant,
    endings,
    follow: () => {
      for (const act of afterCommit) act();
    },
  };
};

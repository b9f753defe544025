import type { Queries } from './queries.ts';
import type { Sql } from './sql.ts';

/** A handle bound to one tenant: refuses a statement that does not name `tenant_id`. `tenant` is its key as bytes. */
export type Db = Queries & {
  readonly tenantId: string;
  readonly tenant: Buffer;
  /** Whether what is read may be remembered by its version: not where schedules or calendars are being changed. */
  mayRemember(): boolean;
  readonly lane: Lane;
};

/** Reads of one lane may share a statement, see `gathered-read.ts`: they are of one tenant, and from one server or of one transaction. */
export type Lane = { readonly name: string; readonly isTransaction: boolean };

declare const inTransaction: unique symbol;
/** A {@link Db} known to be inside a transaction; writes ask for this type, so forgetting one fails to compile. */
export type Tx = Db & {
  readonly [inTransaction]: true;
  afterCommit(act: () => void): void;
  /** Runs together with the next statement or the commit, which fail if it does: for what nobody waits to hear of. */
  later(statement: Sql): void;
  /**
   * Runs after everything else, once for each key and in the order of keys, together with the commit: for rows that many
   * write. Nobody who has such a row waits for anything but the commit, so that no two can wait for each other.
   */
  atEnd(key: string, statement: Sql): void;
  /** Undoes what `work` did if it ends in a problem, and only that: whoever catches the problem may go on. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
};

/** For what has no tenant: finding a tenant by name, the relay, the operator's jobs. */
export type SystemDb = Queries;
export type SystemTx = SystemDb & {
  readonly [inTransaction]: true;
  /** Like that of a {@link Tx}. */
  later(statement: Sql): void;
  /** The same transaction, bound to a tenant: for what an operator does to one. */
  forTenant(tenantId: string): Tx;
};

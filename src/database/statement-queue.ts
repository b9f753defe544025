import { mergeInsertions } from './merged-insertions.ts';
import type { Sql } from './sql.ts';

/** A statement on its way to the server, and who waits for what it answers, if anybody does. */
type Queued<Outcome> = {
  readonly statement: Sql;
  readonly owner?: object | undefined;
  readonly resolve?: (outcome: Outcome) => void;
  readonly reject?: (error: unknown) => void;
};

export type StatementQueue<Outcome> = {
  /** Runs behind what is in the queue already, with all that is asked for in the same turn of the event loop. */
  ask(statement: Sql, owner?: object): Promise<Outcome>;
  /** Runs with what is asked for next. */
  add(statement: Sql, owner?: object): void;
  /** How many wait to be sent. */
  length(): number;
  /** Forgets what was not sent, and begins anew with these. Whoever waits for what was forgotten fails. */
  reset(statements?: readonly Sql[]): void;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
};

/** Once all that can go on without the server has gone on, and has asked what it gathers meanwhile (`gathered-read.ts`). */
const afterReads = (act: () => void) => {
  process.nextTick(() => {
    queueMicrotask(() => {
      process.nextTick(act);
    });
  });
};

/**
 * Gathers the statements of a transaction and sends those of one turn of the event loop together, one batch after the other. If a
 * statement fails, all of its batch do, and with them what was asked for meanwhile: the server may have undone the transaction. `send`
 * answers the outcomes in the order of the statements; `shareOf` says what was an insertion's part in the outcome of several that were sent as one.
 */
export const createStatementQueue = <Outcome>(
  send: (statements: readonly Sql[]) => Promise<readonly Outcome[]>,
  shareOf: (outcome: Outcome, statement: Sql) => Outcome,
): StatementQueue<Outcome> => {
  let queue: Queued<Outcome>[] = [];
  /** Never fails. */
  let underWay = Promise.resolve();

  const flush = async (): Promise<void> => {
    const asked = queue;
    queue = [];
    if (asked.length === 0) return;
    try {
      const merged = mergeInsertions(asked);
      const outcomes = await send(merged.map(({ statement }) => statement));
      for (const [i, outcome] of outcomes.entries()) {
        const askers = merged[i]?.askers ?? [];
        for (const { statement, resolve } of askers) {
          resolve?.(askers.length === 1 ? outcome : shareOf(outcome, statement));
        }
      }
    } catch (error) {
      for (const { reject } of [...asked, ...queue]) reject?.(error);
      queue = [];
    }
  };

  const flushNext = () => {
    underWay = underWay.then(flush);
  };

  return {
    ask: (statement, owner) =>
      new Promise((resolve, reject) => {
        if (queue.every((queued) => queued.resolve === undefined)) afterReads(flushNext);
        queue.push({ statement, owner, resolve, reject });
      }),
    add: (statement, owner) => {
      queue.push({ statement, owner });
    },
    length: () => queue.length,
    reset: (statements = []) => {
      for (const { reject } of queue) reject?.(new Error('The transaction has ended'));
      queue = statements.map((statement) => ({ statement }));
    },
    idle: () => underWay,
  };
};

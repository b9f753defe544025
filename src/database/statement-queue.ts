import type { Sql } from './sql.ts';

/** A statement on its way to the server, and who waits for what it answers, if anybody does. */
type Queued<Outcome> = {
  readonly statement: Sql;
  readonly resolve?: (outcome: Outcome) => void;
  readonly reject?: (error: unknown) => void;
};

export type StatementQueue<Outcome> = {
  /** Runs behind what is in the queue already, with all that is asked for in the same turn of the event loop. */
  ask(statement: Sql): Promise<Outcome>;
  /** Runs with what is asked for next. */
  add(statement: Sql): void;
  /** How many wait to be sent. */
  length(): number;
  /** Forgets what was not sent, and begins anew with these. Whoever waits for what was forgotten fails. */
  reset(statements?: readonly Sql[]): void;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
};

/**
 * Gathers the statements of a transaction and sends those of one turn of the event loop together, one batch after the other. If a
 * statement fails, all of its batch do, and with them what was asked for meanwhile: the server may have undone the transaction. `send`
 * answers the outcomes in the order of the statements.
 */
export const createStatementQueue = <Outcome>(
  send: (statements: readonly Sql[]) => Promise<readonly Outcome[]>,
): StatementQueue<Outcome> => {
  let queue: Queued<Outcome>[] = [];
  /** Never fails. */
  let underWay = Promise.resolve();

  const flush = async (): Promise<void> => {
    const asked = queue;
    queue = [];
    if (asked.length === 0) return;
    try {
      const outcomes = await send(asked.map(({ statement }) => statement));
      for (const [i, outcome] of outcomes.entries()) asked[i]?.resolve?.(outcome);
    } catch (error) {
      for (const { reject } of [...asked, ...queue]) reject?.(error);
      queue = [];
    }
  };

  const flushNext = () => {
    underWay = underWay.then(flush);
  };

  return {
    ask: (statement) =>
      new Promise((resolve, reject) => {
        // Once all that can go on without the server has gone on.
        if (queue.every((queued) => queued.resolve === undefined)) process.nextTick(flushNext);
        queue.push({ statement, resolve, reject });
      }),
    add: (statement) => {
      queue.push({ statement });
    },
    length: () => queue.length,
    reset: (statements = []) => {
      for (const { reject } of queue) reject?.(new Error('The transaction has ended'));
      queue = statements.map((statement) => ({ statement }));
    },
    idle: () => underWay,
  };
};

import type { Logger } from '../shared/utils/logger.ts';
import type { Database } from './db.ts';
import { sql, type Sql } from './sql.ts';

const EVERY_MS = 10 * 60_000;

/** A delete that takes at most {@link BITE} rows at a time, so that nobody waits behind a long one. */
export type Chore = { readonly name: string; readonly forget: Sql };

const groundFloorChores: readonly Chore[] = [
  {
    name: 'idempotency keys after their 24 hours',
    forget: sql`DELETE FROM idempotency_keys WHERE created_at < UTC_TIMESTAMP() - INTERVAL 24 HOUR LIMIT 1000`,
  },
  {
    name: 'inbox rows, long after an event can come again',
    forget: sql`DELETE FROM inbox WHERE received_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
];

/** Streams hold their events themselves: whatever is not in its stream yet, or may have to go there again, is younger. */
export const outboxChore = (keepDays: number): Chore => ({
  name: 'events a while after they were published',
  forget: sql`DELETE FROM outbox WHERE published_at < UTC_TIMESTAMP() - INTERVAL ${keepDays} DAY LIMIT 1000`,
});

const BITE = 1_000;

/** Forgets what nobody needs any more, now and then, until it is stopped; `chores` are those of the domains. Several processes may do it at once. */
export const startHousekeeping = (
  database: Pick<Database, 'system'>,
  logger: Logger,
  chores: readonly Chore[],
) => {
  const stopping = new AbortController();

  const doChore = async ({ name, forget }: Chore) => {
    try {
      let forgotten = BITE;
      while (forgotten === BITE && !stopping.signal.aborted) {
        forgotten = (await database.system.run(forget)).affectedRows;
      }
    } catch (error) {
      logger.warn({ err: error, chore: name }, 'Housekeeping will try again');
    }
  };

  let underWay = Promise.resolve();
  const timer = setInterval(() => {
    underWay = underWay.then(async () => {
      for (const chore of [...groundFloorChores, ...chores]) await doChore(chore);
    });
  }, EVERY_MS);
  timer.unref();

  return {
    stop: async (): Promise<void> => {
      clearInterval(timer);
      stopping.abort();
      await underWay;
    },
  };
};

import type { Logger } from '../shared/utils/logger.ts';
import type { Database } from './db.ts';
import { sql, type Sql } from './sql.ts';

const EVERY_MS = 10 * 60_000;

/** In small bites, so that nobody waits behind a long delete. Several processes may do it at once. */
const chores: readonly { readonly name: string; readonly forget: Sql }[] = [
  {
    name: 'idempotency keys after their 24 hours',
    forget: sql`DELETE FROM idempotency_keys WHERE created_at < UTC_TIMESTAMP() - INTERVAL 24 HOUR LIMIT 1000`,
  },
  {
    name: 'inbox rows, long after an event can come again',
    forget: sql`DELETE FROM inbox WHERE received_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
  {
    name: 'sessions a month after their end',
    forget: sql`DELETE FROM sessions WHERE expires_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
];

const BITE = 1_000;

/** Forgets what nobody needs any more, now and then, until it is stopped. */
export const startHousekeeping = (database: Pick<Database, 'system'>, logger: Logger) => {
  const stopping = new AbortController();

  const doChore = async ({ name, forget }: (typeof chores)[number]) => {
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
      for (const chore of chores) await doChore(chore);
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

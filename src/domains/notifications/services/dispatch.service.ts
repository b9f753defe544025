import type { Database } from '../../../database/db.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import type { DeliveryQueue } from '../delivery-queue.ts';
import { type Job, lockDue, postpone, recoverAbandoned } from '../repositories/delivery.repository.ts';

export type DispatchDeps = {
  database: Database;
  clock: Clock;
  logger: Logger;
  config: { readonly notifications: { readonly requeueAfterMs: number } };
  queue: Pick<DeliveryQueue, 'add' | 'isThere'>;
};

const AT_ONCE = 200;

/**
 * Puts rows that are due into the queue. What the queue has lost is due again after a while; what it names twice is sent once, since
 * whoever sends claims the row. Any number of processes may do so at once.
 */
export const createDispatch = ({ database, clock, logger, config, queue }: DispatchDeps) => {
  /** Takes rows for itself by making them due later, in a transaction that no network call is part of. */
  const take = (): Promise<Job[]> =>
    database.system.transaction(async (tx) => {
      const jobs = await lockDue(tx, clock.now(), AT_ONCE);
      await postpone(tx, jobs, new Date(clock.now().getTime() + config.notifications.requeueAfterMs));
      return jobs;
    });

  const enqueue = async (jobs: readonly Job[]): Promise<boolean> => {
    try {
      await queue.add(jobs);
      return true;
    } catch (error) {
      await postpone(database.system, jobs, clock.now());
      logger.warn({ err: error }, 'Deliveries wait in the database for their queues');
      return false;
    }
  };

  const sweep = async (): Promise<void> => {
    const recovered = await recoverAbandoned(database.system, clock.now());
    if (recovered > 0) logger.warn({ recovered }, 'Deliveries were taken from senders that ended');
    if (!queue.isThere()) return;
    let jobs: Job[];
    do {
      jobs = await take();
    } while (jobs.length > 0 && (await enqueue(jobs)) && jobs.length === AT_ONCE);
  };

  let underWay: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  /** One sweep at a time; all who ask during one share another after it. */
  const sweepSoon = (): Promise<void> => {
    if (!underWay) {
      underWay = sweep().finally(() => {
        underWay = undefined;
      });
      return underWay;
    }
    next ??= underWay
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return sweepSoon();
      });
    return next;
  };

  return {
    sweep: sweepSoon,
    /** After a commit: what was committed need not wait for the next round. */
    nudge: (): void => {
      void sweepSoon().catch((error: unknown) => {
        logger.warn({ err: error }, 'Deliveries wait for the next round');
      });
    },
    idle: async (): Promise<void> => {
      await (next ?? underWay)?.catch(() => undefined);
    },
  };
};

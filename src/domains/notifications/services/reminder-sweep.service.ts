import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { reminderDue } from '../models/reminder.ts';
import type { VisitsPort } from '../ports.ts';
import { endReminder, listDueReminders, takeDueReminder } from '../repositories/reminder.repository.ts';

export type ReminderSweepDeps = {
  database: Database;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  visits: Pick<VisitsPort, 'find'>;
};

const AT_ONCE = 200;

/** Says when a reminder is due. Any number of processes may do so at once: each reminder is said by one. */
export const createReminderSweep = ({ database, outbox, clock, logger, visits }: ReminderSweepDeps) => {
  /** A visit that has begun, was moved, or is not fixed yet, is not reminded of. */
  const say = async (tx: Tx, id: string): Promise<void> => {
    const reminder = await takeDueReminder(tx, id);
    if (!reminder) return;
    const visit = await visits.find(tx, reminder.appointmentId);
    const isOfUse =
      visit?.status === 'confirmed' &&
      visit.startsAt.getTime() === reminder.startsAt.getTime() &&
      visit.startsAt > clock.now();
    await endReminder(tx, id, isOfUse ? 'sent' : 'skipped');
    if (isOfUse) await outbox.publish(tx, { requestId: newId() }, reminderDue(reminder, visit));
  };

  return {
    sweep: async (): Promise<void> => {
      for (const { tenantId, id } of await listDueReminders(database.system, clock.now(), AT_ONCE)) {
        try {
          await database.transaction({ tenantId }, (tx) => say(tx, id));
        } catch (error) {
          logger.warn({ err: error, tenantId, id }, 'A reminder could not be said; it will be tried again');
        }
      }
    },
  };
};

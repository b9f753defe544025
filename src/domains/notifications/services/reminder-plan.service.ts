import type { Tx } from '../../../database/db.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { dueAtOf, type Reminder } from '../models/reminder.ts';
import type { Visit, VisitsPort } from '../ports.ts';
import {
  deletePendingReminder,
  insertReminder,
  listPendingReminders,
} from '../repositories/reminder.repository.ts';

export type ReminderPlanDeps = {
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  visits: Pick<VisitsPort, 'find' | 'listUpcoming'>;
};
export type ReminderPlan = ReturnType<typeof createReminderPlan>;

/** What there is of a visit; no visit where it is gone. */
export type VisitToRemindOf = {
  readonly id: string;
  readonly visit: Visit | undefined;
  readonly pending: readonly Reminder[];
};

const VISITS_AT_ONCE = 500;
const WITH_REMINDERS = ['pending', 'confirmed'];

/** Keeps the reminders of visits in step with the visits. */
export const createReminderPlan = ({ clock, tenants, visits }: ReminderPlanDeps) => {
  /** `since`: when it was asked for; what was due before that is too late, what became due after it is not. */
  const follow = async (
    tx: Tx,
    { id: visitId, visit, pending }: VisitToRemindOf,
    { offsets, since }: { offsets: readonly number[]; since: Date },
  ): Promise<void> => {
    const wanted =
      visit && WITH_REMINDERS.includes(visit.status)
        ? offsets.map((offsetMinutes) => ({
            appointmentId: visitId,
            startsAt: visit.startsAt,
            offsetMinutes,
            dueAt: dueAtOf(visit.startsAt, offsetMinutes),
          }))
        : [];
    for (const { id, dueAt, offsetMinutes } of pending) {
      const isWanted = wanted.some(
        (each) => each.dueAt.getTime() === dueAt.getTime() && each.offsetMinutes === offsetMinutes,
      );
      if (!isWanted) await deletePendingReminder(tx, id);
    }
    for (const reminder of wanted.filter(({ dueAt }) => dueAt > since)) {
      insertReminder(tx, { id: newId(), ...reminder }, clock.now());
    }
  };

  return {
    find: async (tx: Tx, id: string): Promise<VisitToRemindOf> => {
      const [visit, pending] = await Promise.all([visits.find(tx, id), listPendingReminders(tx, id)]);
      return { id, visit, pending };
    },

    /** After any change of a visit: in whichever order events come, the reminders are those of the visit as it is. */
    visitChanged: async (tx: Tx, changed: VisitToRemindOf, since: Date): Promise<void> => {
      const { reminderOffsetsMinutes: offsets } = await tenants.settings(tx.tenantId);
      await follow(tx, changed, { offsets, since });
    },

    /** After the clinic has set other offsets: for all visits that are still to come. */
    offsetsChanged: async (tx: Tx, offsets: readonly number[], since: Date): Promise<void> => {
      let after: string | undefined;
      do {
        const page = await visits.listUpcoming(tx, since, { after, limit: VISITS_AT_ONCE });
        for (const visit of page) {
          const pending = await listPendingReminders(tx, visit.id);
          await follow(tx, { id: visit.id, visit, pending }, { offsets, since });
        }
        after = page.length === VISITS_AT_ONCE ? page.at(-1)?.id : undefined;
      } while (after !== undefined);
    },
  };
};

import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import { problemOfStart } from '../models/start-problem.ts';
import { visitOf, type WantedVisit } from '../models/visit-plan.ts';
import type { VisitPlanner } from './visit-planner.ts';

/** Somebody's attempt. Those who waited for its end share what was found out after it. */
type Attempt = { readonly ended: Promise<unknown>; isTaken?: Promise<boolean> };

const ignore = (): void => undefined;

export type StartQueue = ReturnType<typeof createStartQueue>;

/**
 * Lets those who want the same start of a doctor follow one another within this process. Who waited is told that it is taken without a
 * transaction: one look at the calendar, after whoever was before them has ended, answers for all of them. This is only a short way
 * to a refusal. Who gets the time is decided by the claims, also among processes.
 */
export const createStartQueue = ({ database, planner }: { database: Database; planner: VisitPlanner }) => {
  const attempts = new Map<string, Attempt>();

  const look = async (ctx: Ctx, settings: BookingSettings, wanted: WantedVisit): Promise<boolean> => {
    const db = database.read(ctx.tenantId);
    const bookable = await planner.findKnown(db, wanted);
    const question = { bookable, settings, visit: visitOf(bookable, wanted.startsAt), mustBeOffered: false };
    return (await planner.reasonsAgainst(db, { role: 'receptionist' }, question)).reasons.includes('busy');
  };

  return {
    /** Runs `work` when nobody else of this process is under way to the same start; or fails with `slot_taken`. */
    follow: async <T>(
      ctx: Ctx,
      settings: BookingSettings,
      wanted: WantedVisit,
      work: () => Promise<T>,
    ): Promise<T> => {
      const start = `${ctx.tenantId}${wanted.doctorId}${wanted.startsAt.getTime()}`;
      for (let before = attempts.get(start); before; before = attempts.get(start)) {
        await before.ended;
        const isTaken = await (before.isTaken ??= look(ctx, settings, wanted));
        if (isTaken) throw new AppError(problemOfStart.busy.problem, problemOfStart.busy.detail);
      }
      const made = work();
      const attempt: Attempt = { ended: made.catch(ignore) };
      attempts.set(start, attempt);
      try {
        return await made;
      } finally {
        if (attempts.get(start) === attempt) attempts.delete(start);
      }
    },
  };
};

import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import { problemOfStart } from '../models/start-problem.ts';
import { isPatient, visitOf, type WantedVisit } from '../models/visit-plan.ts';
import type { SlotService } from './slot.service.ts';
import type { VisitPlanner } from './visit-planner.ts';

/** Somebody's attempt. Those who waited for its end share what was found out after it. */
type Attempt = { readonly ended: Promise<unknown>; refusal?: Promise<AppError | undefined> };

export type StartQueueDeps = { database: Database; planner: VisitPlanner; slots: SlotService };
export type StartQueue = ReturnType<typeof createStartQueue>;

const ignore = (): void => undefined;

/** The same for all who may have the same and are offered the same instead. */
const nameOf = (ctx: Ctx, { doctorId, serviceId, startsAt }: WantedVisit): string =>
  `${ctx.tenantId}${doctorId}${serviceId}${startsAt.getTime()}${isPatient(ctx) ? 'patient' : 'clinic'}`;

/**
 * Lets those who want the same start of a doctor follow one another within this process. Who waited is told that it is taken, and
 * what is free instead, without a transaction: one look at the calendar, after whoever was before them has ended, answers for all
 * of them. This is only a short way to a refusal. Who gets the time is decided by the claims, also among processes.
 */
export const createStartQueue = ({ database, planner, slots }: StartQueueDeps) => {
  const attempts = new Map<string, Attempt>();

  const isBusy = async (ctx: Ctx, settings: BookingSettings, wanted: WantedVisit): Promise<boolean> => {
    const db = database.read(ctx.tenantId);
    const bookable = await planner.findKnown(db, wanted);
    const question = { bookable, settings, visit: visitOf(bookable, wanted.startsAt), mustBeOffered: false };
    return (await planner.reasonsAgainst(db, { role: 'receptionist' }, question)).reasons.includes('busy');
  };

  /** Why nobody can have the start any more, if so. */
  const look = async (
    ctx: Ctx,
    settings: BookingSettings,
    wanted: WantedVisit,
  ): Promise<AppError | undefined> => {
    const [isTaken, alternatives] = await Promise.all([
      isBusy(ctx, settings, wanted),
      slots.alternatives(ctx, wanted),
    ]);
    const { problem, detail } = problemOfStart.busy;
    return isTaken ? new AppError(problem, detail, { extensions: { alternatives } }) : undefined;
  };

  return {
    /** Runs `work` when nobody else of this process is under way to the same start; or fails with `slot_taken`. */
    follow: async <T>(
      ctx: Ctx,
      settings: BookingSettings,
      wanted: WantedVisit,
      work: () => Promise<T>,
    ): Promise<T> => {
      const name = nameOf(ctx, wanted);
      for (let before = attempts.get(name); before; before = attempts.get(name)) {
        await before.ended;
        const refusal = await (before.refusal ??= look(ctx, settings, wanted));
        if (refusal) throw refusal;
      }
      const made = work();
      const attempt: Attempt = { ended: made.catch(ignore) };
      attempts.set(name, attempt);
      try {
        return await made;
      } finally {
        if (attempts.get(name) === attempt) attempts.delete(name);
      }
    },
  };
};

import type { Ctx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { WantedVisit } from '../models/visit-plan.ts';
import { appointmentProblems } from '../problems.ts';
import type { SlotService } from './slot.service.ts';

/**
 * Runs a booking. If its slot is taken, the problem carries the nearest free ones; they are looked for when the
 * transaction has ended. `work` says what it wants as soon as it knows.
 */
export const offeringAlternatives = async <T>(
  ctx: Ctx,
  slots: SlotService,
  work: (wants: (visit: WantedVisit) => void) => Promise<T>,
): Promise<T> => {
  let wanted: WantedVisit | undefined;
  try {
    return await work((visit) => {
      wanted = visit;
    });
  } catch (error) {
    const isTaken = error instanceof AppError && error.problem === appointmentProblems.slot_taken;
    if (!isTaken || wanted === undefined) throw error;
    const alternatives = await slots.alternatives(ctx, wanted);
    const extensions = { ...error.extensions, alternatives };
    throw new AppError(error.problem, error.detail, { cause: error, extensions });
  }
};

import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Appointment } from '../models/appointment.ts';
import { appointmentProblems } from '../problems.ts';

/** A patient who is later than the clinic allows has to call; staff may always. */
export const demandNotice = (
  ctx: Ctx,
  { startsAt }: Appointment,
  noticeMinutes: number,
  clock: Clock,
): void => {
  const latest = startsAt.getTime() - noticeMinutes * MINUTE_MS;
  if (ctx.role === 'patient' && clock.now().getTime() > latest) {
    throw new AppError(appointmentProblems.notice_too_short);
  }
};

import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { Role } from '../../../shared/config/permissions.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Appointment } from '../models/appointment.ts';
import { appointmentProblems } from '../problems.ts';

/** A patient who is later than the clinic allows has to call; staff may always. */
export const demandNotice = (
  { role }: { readonly role?: Role },
  { startsAt }: Appointment,
  noticeMinutes: number,
  clock: Clock,
): void => {
  const latest = startsAt.getTime() - noticeMinutes * MINUTE_MS;
  if (role === 'patient' && clock.now().getTime() > latest) {
    throw new AppError(appointmentProblems.notice_too_short);
  }
};

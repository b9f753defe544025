import type { Permission } from '../../../shared/config/permissions.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { Appointment } from '../models/appointment.ts';
import type { Series } from '../models/series.ts';
import { appointmentProblems } from '../problems.ts';
import type { Reach } from '../repositories/appointment.repository.ts';

/** An id that no row has: who has no profile yet owns nothing. */
const NOTHING = '00000000-0000-0000-0000-000000000000';

/** Whose appointments the caller reaches with a permission: everybody's, or only those of the own calendar, or of the own record and those of dependants. */
export const reachOf = (ctx: Ctx, permission: Permission): Reach => {
  if (ctx.permissions.has(permission)) return {};
  return ctx.role === 'patient' ? { patientIds: ownPatientIds(ctx) } : { doctorId: ctx.doctorId ?? NOTHING };
};

export const maySee = (
  ctx: Ctx,
  { doctorId, patientId }: Pick<Appointment, 'doctorId' | 'patientId'>,
): boolean => {
  const reach = reachOf(ctx, 'appointments:read');
  return (
    (reach.doctorId === undefined || reach.doctorId === doctorId) &&
    (reach.patientIds === undefined || reach.patientIds.includes(patientId))
  );
};

/** The appointment, if the caller may know of it; 404 otherwise, as for one that does not exist. */
export const demandSight = (ctx: Ctx, appointment: Appointment | undefined): Appointment => {
  if (!appointment || !maySee(ctx, appointment)) {
    throw new AppError(appointmentProblems.appointment_not_found);
  }
  return appointment;
};

/** The appointments of a series that the caller may know of; 404 where neither it nor any of them is the caller's. */
export const demandSeriesSight = (
  ctx: Ctx,
  series: Series | undefined,
  appointments: readonly Appointment[],
): { series: Series; seen: Appointment[] } => {
  const seen = appointments.filter((appointment) => maySee(ctx, appointment));
  if (!series || (seen.length === 0 && !maySee(ctx, series))) {
    throw new AppError(appointmentProblems.series_not_found);
  }
  return { series, seen };
};

/** Refuses a doctor who writes into a colleague's calendar. */
export const demandOwnCalendar = (ctx: Ctx, doctorId: string): void => {
  const reach = reachOf(ctx, 'appointments:write');
  if (reach.doctorId !== undefined && reach.doctorId !== doctorId) {
    throw new AppError(commonProblems.forbidden, 'Doctors may book into their own calendar only.');
  }
};

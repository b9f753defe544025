import type { Database, Tx } from '../../../database/db.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type Appointment, appointmentRescheduled, appointmentUpdated } from '../models/appointment.ts';
import { mayMove } from '../models/status.ts';
import { appointmentProblems } from '../problems.ts';
import { findAppointmentToChange, updateAppointment } from '../repositories/appointment.repository.ts';
import { hasClaims } from '../repositories/claim.repository.ts';
import type { UpdateAppointment } from '../validators/appointment.ts';
import { offeringAlternatives } from './alternatives.ts';
import type { Calendar } from './calendar.ts';
import type { Journal } from './journal.ts';
import { demandNotice } from './notice.ts';
import { demandOwnCalendar, demandSight } from './sight.ts';
import type { SlotService } from './slot.service.ts';
import type { VisitPlanner, WantedVisit } from './visit-planner.ts';

export type RescheduleDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  planner: VisitPlanner;
  calendar: Calendar;
  slots: SlotService;
  journal: Journal;
};
export type RescheduleService = ReturnType<typeof createRescheduleService>;

export const createRescheduleService = (deps: RescheduleDeps) => {
  const { database, clock, tenants, planner, calendar, slots, journal } = deps;

  /** Frees the old time and takes the new one at once: an appointment never blocks its own move. */
  const move = async (tx: Tx, ctx: Ctx, before: Appointment, wanted: WantedVisit) => {
    if (!mayMove(before.status)) throw new AppError(appointmentProblems.invalid_transition);
    demandOwnCalendar(ctx, wanted.doctorId);
    const settings = await tenants.settings(ctx.tenantId);
    demandNotice(ctx, before, settings.rescheduleNoticeMinutes, clock);
    const visit = await planner.plan(tx, ctx, settings, wanted, { except: before.id });
    if (!(await hasClaims(tx, before.id))) return visit.place;
    if (before.groupId !== null) await updateAppointment(tx, { ...before, groupId: null });
    await calendar.free(tx, before);
    const holder = { id: before.id, expiresAt: null };
    return { ...visit.place, ...(await calendar.take(tx, { holder, visit, patientId: before.patientId })) };
  };

  const reschedule = async (
    tx: Tx,
    ctx: Ctx,
    before: Appointment,
    wanted: WantedVisit,
    changes: UpdateAppointment,
  ) => {
    const place = await move(tx, ctx, before, wanted);
    const { reason, notes } = changes;
    const after = nextVersion(before, { ...place, reason, notes, overrideReason: null }, clock.now());
    await updateAppointment(tx, after);
    await calendar.fillOverrides(tx, before.doctorId, aroundOf(before));
    await journal.write(tx, ctx, {
      action: 'rescheduled',
      before,
      after,
      event: appointmentRescheduled(after, before),
    });
    return after;
  };

  return {
    /** A change of time, place, doctor or service is an atomic move; any other leaves the calendar alone. */
    update: (
      ctx: Ctx,
      id: string,
      changes: UpdateAppointment,
      ifMatch: number | undefined,
    ): Promise<Appointment> =>
      offeringAlternatives(ctx, slots, (wants) =>
        database.transaction(ctx, async (tx) => {
          const before = demandSight(ctx, await findAppointmentToChange(tx, id));
          demandVersion(before, ifMatch);
          if (isMove(before, changes)) {
            const wanted = wantedBy(before, changes);
            wants(wanted);
            return reschedule(tx, ctx, before, wanted, changes);
          }
          const after = nextVersion(before, { reason: changes.reason, notes: changes.notes }, clock.now());
          await updateAppointment(tx, after);
          await journal.write(tx, ctx, {
            action: 'updated',
            before,
            after,
            event: appointmentUpdated(after),
          });
          return after;
        }),
      ),
  };
};

/** The time that an appointment may have claimed, with room for its buffers. */
export const aroundOf = ({ startsAt, endsAt }: Appointment) => ({
  start: startsAt.getTime() - DAY_MS,
  end: endsAt.getTime() + DAY_MS,
});

/** What an appointment shall be after `changes`. The place goes with the doctor's hours unless it is named. */
const wantedBy = (current: Appointment, changes: UpdateAppointment): WantedVisit => ({
  doctorId: changes.doctorId ?? current.doctorId,
  serviceId: changes.serviceId ?? current.serviceId,
  startsAt: changes.startsAt ?? current.startsAt,
  locationId: changes.locationId,
  roomId: changes.roomId === undefined ? current.roomId : changes.roomId,
});

const isMove = (current: Appointment, changes: UpdateAppointment): boolean => {
  const { startsAt, doctorId, serviceId, locationId, roomId } = changes;
  return (
    (startsAt !== undefined && startsAt.getTime() !== current.startsAt.getTime()) ||
    (doctorId !== undefined && doctorId !== current.doctorId) ||
    (serviceId !== undefined && serviceId !== current.serviceId) ||
    (locationId !== undefined && locationId !== current.locationId) ||
    (roomId !== undefined && roomId !== current.roomId)
  );
};

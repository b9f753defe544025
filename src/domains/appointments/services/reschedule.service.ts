import type { Database, Tx } from '../../../database/db.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { type Appointment, appointmentRescheduled, appointmentUpdated } from '../models/appointment.ts';
import { mayMove } from '../models/status.ts';
import type { WantedVisit } from '../models/visit-plan.ts';
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
import type { VisitPlanner } from './visit-planner.ts';

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

  /** Refuses a move that the caller may not make, whatever the time. */
  const demandMovable = (ctx: Ctx, { before, wanted }: Move, settings: BookingSettings) => {
    if (!mayMove(before.status)) throw new AppError(appointmentProblems.invalid_transition);
    demandOwnCalendar(ctx, wanted.doctorId);
    demandNotice(ctx, before, settings.rescheduleNoticeMinutes, clock);
  };

  /**
   * Frees the old time, if there is any: an appointment never blocks its own move. Whether the new time is to be taken: not
   * for a pending visit that blocks none. Any other without time was booked past the rules when none was left.
   */
  const release = async (tx: Tx, before: Appointment): Promise<boolean> => {
    if (!(await hasClaims(tx, before.id))) return before.status !== 'pending';
    if (before.groupId !== null) await updateAppointment(tx, { ...before, groupId: null });
    await calendar.free(tx, before);
    return true;
  };

  /** Takes the new time, and writes the move down. */
  const settle = async (
    tx: Tx,
    ctx: Ctx,
    { before, wanted, changes }: Move,
    { settings, takesTime }: { settings: BookingSettings; takesTime: boolean },
  ): Promise<Appointment> => {
    const visit = await planner.plan(tx, ctx, settings, wanted, { except: before.id });
    const holder = { id: before.id, expiresAt: null };
    const seat = takesTime ? await calendar.take(tx, { holder, visit, patientId: before.patientId }) : {};
    const { reason, notes } = changes;
    const moved = {
      ...visit.place,
      ...seat,
      reason,
      notes,
      overrideReason: null,
      attendanceConfirmedAt: null,
    };
    const after = nextVersion(before, moved, clock.now());
    await updateAppointment(tx, after);
    await journal.write(tx, ctx, {
      action: 'rescheduled',
      before,
      after,
      event: appointmentRescheduled(after, before, visit.price),
    });
    return after;
  };

  /** Visits booked past the rules take what a move has left. */
  const fillGap = (tx: Tx, { before }: Move) => calendar.fillOverrides(tx, before.doctorId, aroundOf(before));

  /** Changes what does not touch the calendar. */
  const amend = async (tx: Tx, ctx: Ctx, before: Appointment, { reason, notes }: UpdateAppointment) => {
    const isSame =
      (reason === undefined || reason === before.reason) && (notes === undefined || notes === before.notes);
    if (isSame) return before;
    const after = nextVersion(before, { reason, notes }, clock.now());
    await updateAppointment(tx, after);
    await journal.write(tx, ctx, { action: 'updated', before, after, event: appointmentUpdated(after) });
    return after;
  };

  const reschedule = async (tx: Tx, ctx: Ctx, move: Move) => {
    const settings = await tenants.settings(ctx.tenantId);
    demandMovable(ctx, move, settings);
    const after = await settle(tx, ctx, move, { settings, takesTime: await release(tx, move.before) });
    await fillGap(tx, move);
    return after;
  };

  return {
    demandMovable,
    release,
    settle,
    fillGap,
    amend,

    /** Moves an appointment that is locked and seen; `changes` must ask for another time, place, doctor or service. */
    moveIn: (tx: Tx, ctx: Ctx, before: Appointment, changes: UpdateAppointment): Promise<Appointment> => {
      const move = moveBy(before, changes);
      if (!move) throw new Error('A move leaves everything as it is');
      return reschedule(tx, ctx, move);
    },

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
          const move = moveBy(before, changes);
          if (!move) return amend(tx, ctx, before, changes);
          wants(move.wanted);
          return reschedule(tx, ctx, move);
        }),
      ),
  };
};

/** What an appointment is, what it shall be, and the changes that were asked for. */
export type Move = {
  readonly before: Appointment;
  readonly wanted: WantedVisit;
  readonly changes: UpdateAppointment;
};

/** The move that `changes` ask for; none if they leave time, place, doctor and service as they are. */
export const moveBy = (before: Appointment, changes: UpdateAppointment): Move | undefined =>
  isMove(before, changes) ? { before, wanted: wantedBy(before, changes), changes } : undefined;

/** The time that an appointment may have claimed, with room for its buffers. */
export const aroundOf = ({ startsAt, endsAt }: Appointment) => ({
  start: startsAt.getTime() - DAY_MS,
  end: endsAt.getTime() + DAY_MS,
});

/** What an appointment shall be after `changes`. The place goes with the doctor's hours, unless it is named or they leave it open. */
const wantedBy = (current: Appointment, changes: UpdateAppointment): WantedVisit => ({
  doctorId: changes.doctorId ?? current.doctorId,
  serviceId: changes.serviceId ?? current.serviceId,
  startsAt: changes.startsAt ?? current.startsAt,
  locationId: changes.locationId,
  roomId: changes.roomId,
  former: { locationId: current.locationId, roomId: current.roomId },
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

import type { Database, Tx } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import { patientProblems, type PatientsPort } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import {
  type Appointment,
  appointmentBooked,
  appointmentRescheduled,
  appointmentUpdated,
  type Place,
} from '../models/appointment.ts';
import { mayMove } from '../models/status.ts';
import { appointmentProblems } from '../problems.ts';
import {
  findAppointmentToChange,
  insertAppointment,
  updateAppointment,
} from '../repositories/appointment.repository.ts';
import { type Claims, deleteClaims, insertClaims } from '../repositories/claim.repository.ts';
import type { BookAppointment, UpdateAppointment } from '../validators/appointment.ts';
import { offeringAlternatives } from './alternatives.ts';
import type { Journal } from './journal.ts';
import { demandOwnCalendar, demandSight } from './sight.ts';
import type { SlotService } from './slot.service.ts';
import { isPatient, type VisitPlanner, type WantedVisit } from './visit-planner.ts';

export type BookingDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  patients: Pick<PatientsPort, 'find'>;
  planner: VisitPlanner;
  slots: SlotService;
  journal: Journal;
};
export type BookingService = ReturnType<typeof createBookingService>;

/** The verbs that take time of a calendar: book, and move to another time. */
export const createBookingService = ({
  database,
  clock,
  tenants,
  patients,
  planner,
  slots,
  journal,
}: BookingDeps) => {
  /** A patient books for themself; staff name a patient of the clinic. */
  const patientFor = async (tx: Tx, ctx: Ctx, named: string | undefined): Promise<string> => {
    const patientId = isPatient(ctx) ? ctx.patientId : named;
    if (patientId === undefined && !isPatient(ctx))
      throw invalid('/patientId', 'must name whom the visit is for');
    const isSomebodyElse = isPatient(ctx) && named !== undefined && named !== patientId;
    if (patientId === undefined || isSomebodyElse || !(await patients.find(tx, patientId))) {
      throw new AppError(patientProblems.patient_not_found);
    }
    return patientId;
  };

  /** Frees the old time and takes the new one at once: an appointment never blocks its own move. */
  const move = async (tx: Tx, ctx: Ctx, before: Appointment, wanted: WantedVisit): Promise<Place> => {
    if (!mayMove(before.status)) throw new AppError(appointmentProblems.invalid_transition);
    demandOwnCalendar(ctx, wanted.doctorId);
    const settings = await tenants.settings(ctx.tenantId);
    demandNotice(ctx, before, settings.rescheduleNoticeMinutes, clock);
    const { place, doctorTime } = await planner.plan(tx, ctx, settings, wanted, before.id);
    await deleteClaims(tx, before.id);
    await insertClaims(tx, before.id, claimsOf(place, before.patientId, doctorTime));
    return place;
  };

  return {
    book: (ctx: Ctx, request: BookAppointment): Promise<Appointment> => {
      demandOwnCalendar(ctx, request.doctorId);
      return offeringAlternatives(ctx, slots, async (wants) => {
        wants(request);
        const settings = await tenants.settings(ctx.tenantId);
        return database.transaction(ctx, async (tx) => {
          const patientId = await patientFor(tx, ctx, request.patientId);
          const { place, doctorTime, requiresConfirmation } = await planner.plan(tx, ctx, settings, request);
          const now = clock.now();
          const appointment: Appointment = {
            ...place,
            id: newId(),
            patientId,
            status: requiresConfirmation ? 'pending' : 'confirmed',
            reason: request.reason ?? null,
            notes: request.notes ?? null,
            cancellation: null,
            version: 1,
            createdAt: now,
            updatedAt: now,
          };
          await insertClaims(tx, appointment.id, claimsOf(place, patientId, doctorTime));
          await insertAppointment(tx, appointment);
          await journal.write(tx, ctx, {
            action: 'booked',
            after: appointment,
            event: appointmentBooked(appointment),
          });
          return appointment;
        });
      });
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
          const { reason, notes } = changes;
          if (!isMove(before, changes)) {
            const after = nextVersion(before, { reason, notes }, clock.now());
            await updateAppointment(tx, after);
            await journal.write(tx, ctx, {
              action: 'updated',
              before,
              after,
              event: appointmentUpdated(after),
            });
            return after;
          }
          const wanted = wantedBy(before, changes);
          wants(wanted);
          const place = await move(tx, ctx, before, wanted);
          const after = nextVersion(before, { ...place, reason, notes }, clock.now());
          await updateAppointment(tx, after);
          const event = appointmentRescheduled(after, before);
          await journal.write(tx, ctx, { action: 'rescheduled', before, after, event });
          return after;
        }),
      ),
  };
};

/** A patient who is later than the clinic allows has to call; staff may always. */
export const demandNotice = (
  ctx: Ctx,
  { startsAt }: Appointment,
  noticeMinutes: number,
  clock: Clock,
): void => {
  const latest = startsAt.getTime() - noticeMinutes * MINUTE_MS;
  if (isPatient(ctx) && clock.now().getTime() > latest)
    throw new AppError(appointmentProblems.notice_too_short);
};

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

/** Buffers keep the doctor's calendar free; patient and room are only needed for the visit itself. */
const claimsOf = (place: Place, patientId: string, doctorTime: Interval): Claims => {
  const visit = { start: place.startsAt.getTime(), end: place.endsAt.getTime() };
  return {
    doctor: { id: place.doctorId, time: doctorTime },
    patient: { id: patientId, time: visit },
    room: place.roomId === null ? undefined : { id: place.roomId, time: visit },
  };
};

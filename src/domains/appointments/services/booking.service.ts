import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { patientProblems, type PatientsPort } from '../../patients/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { type Appointment, appointmentBooked, type SeriesPlace } from '../models/appointment.ts';
import { isPatient, type PlannedVisit } from '../models/visit-plan.ts';
import { appointmentProblems } from '../problems.ts';
import { countActive, insertAppointment } from '../repositories/appointment.repository.ts';
import type { BookAppointment } from '../validators/appointment.ts';
import { offeringAlternatives } from './alternatives.ts';
import type { Calendar, Seat, Taking } from './calendar.ts';
import type { HoldService } from './hold.service.ts';
import type { Journal } from './journal.ts';
import { namedPatient } from './named-patient.ts';
import { demandOwnCalendar } from './sight.ts';
import type { SlotService } from './slot.service.ts';
import type { StartQueue } from './start-queue.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type BookingDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  patients: Pick<PatientsPort, 'exists' | 'lock'>;
  planner: VisitPlanner;
  calendar: Calendar;
  holds: HoldService;
  slots: SlotService;
  starts: StartQueue;
  journal: Journal;
};
/** What a booking decides about: the calendars whose time it takes, and the hold that it ends. Beside others, it takes what is left, alone. */
const scopeOf = (ctx: Ctx, { doctorId, patientId, roomId, holdId, override }: BookAppointment) =>
  override
    ? ctx
    : { ...ctx, touches: [doctorId, patientId ?? ctx.patientId, roomId, holdId].filter((id) => id != null) };

/** Whether the time was kept for the patient by a hold that this transaction has ended. */
type WasHeld = { readonly wasHeld?: boolean };
export type BookingService = ReturnType<typeof createBookingService>;

export const createBookingService = (deps: BookingDeps) => {
  const { database, clock, tenants, patients, planner, calendar, holds, slots, starts, journal } = deps;

  /** Counted under the patient's lock, so that two bookings at once do not both find room for one. */
  const demandAnotherAllowed = async (
    tx: Tx,
    ctx: Ctx,
    patientId: string,
    { maxActiveAppointmentsPerPatient }: BookingSettings,
  ) => {
    if (maxActiveAppointmentsPerPatient === null || !isPatient(ctx)) return;
    await patients.lock(tx, patientId);
    if ((await countActive(tx, patientId, clock.now())) >= maxActiveAppointmentsPerPatient) {
      throw new AppError(appointmentProblems.appointment_limit_reached);
    }
  };

  const plan = async (
    tx: Tx,
    ctx: Ctx,
    settings: BookingSettings,
    request: BookAppointment & WasHeld,
  ): Promise<PlannedVisit> => {
    const isHeld = request.holdId !== undefined || request.wasHeld === true;
    if (request.holdId !== undefined) await holds.use(tx, ctx, request.holdId, request);
    if (request.override) return planner.planOverride(tx, ctx, request);
    return planner.plan(tx, ctx, settings, request, { isHeld, isClaimed: true });
  };

  const bookIn = async (
    tx: Tx,
    ctx: Ctx,
    settings: BookingSettings,
    request: BookAppointment & WasHeld & { series?: SeriesPlace },
  ): Promise<Appointment> => {
    const [patientId, visit] = await Promise.all([
      namedPatient(tx, ctx, patients, request.patientId),
      plan(tx, ctx, settings, request),
    ]);
    await demandAnotherAllowed(tx, ctx, patientId, settings);
    const id = newId();
    const status = visit.requiresConfirmation ? 'pending' : 'confirmed';
    const taking = { holder: { id, expiresAt: null }, visit, patientId };
    const seat = await takeAs(tx, taking, {
      isOverride: request.override !== undefined,
      isFree: status === 'pending' && !settings.pendingBlocksTime,
    });
    const now = clock.now();
    const appointment: Appointment = {
      ...visit.place,
      ...seat,
      id,
      patientId,
      status,
      reason: request.reason ?? null,
      notes: request.notes ?? null,
      overrideReason: request.override?.reason ?? null,
      cancellation: null,
      series: request.series ?? null,
      attendanceConfirmedAt: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    // The insert has locked the patient's record, or waited for who removed it or merged it into another.
    const inserted = insertAppointment(tx, appointment);
    const isThere = patients.exists(tx, patientId);
    await Promise.allSettled([inserted, isThere]);
    await inserted;
    if (!(await isThere)) throw new AppError(patientProblems.patient_not_found);
    await journal.write(tx, ctx, {
      action: 'booked',
      after: appointment,
      event: appointmentBooked(appointment, visit.price),
      reason: request.override?.reason,
    });
    return appointment;
  };

  /** A pending visit that blocks no time takes it when it is confirmed. */
  const takeAs = (
    tx: Tx,
    taking: Taking,
    { isOverride, isFree }: { isOverride: boolean; isFree: boolean },
  ): Promise<Seat> => {
    if (isFree) return Promise.resolve({ groupId: null, roomId: taking.visit.place.roomId });
    return isOverride ? calendar.takeBeside(tx, taking) : calendar.take(tx, taking);
  };

  return {
    /** Books one visit in the caller's transaction. */
    bookIn,

    /** Books, in the caller's transaction, a time that was held for the patient until just before. */
    bookHeld: async (tx: Tx, ctx: Ctx, request: BookAppointment): Promise<Appointment> =>
      bookIn(tx, ctx, await tenants.settings(ctx.tenantId), { ...request, wasHeld: true }),

    book: async (ctx: Ctx, request: BookAppointment): Promise<Appointment> => {
      demandOwnCalendar(ctx, request.doctorId);
      if (request.override && !ctx.permissions.has('appointments:override')) {
        throw new AppError(commonProblems.forbidden, 'Booking past the rules is left to the front desk.');
      }
      const settings = await tenants.settings(ctx.tenantId);
      const attempt = () =>
        offeringAlternatives(ctx, slots, (wants) => {
          wants(request);
          return database.transaction(scopeOf(ctx, request), (tx) => bookIn(tx, ctx, settings, request));
        });
      // Taken or not, there is more to say to who holds the time, books beside it, or asks again under the same key.
      const hasMoreToHear = request.holdId !== undefined || request.override || ctx.idempotency;
      return hasMoreToHear ? attempt() : starts.follow(ctx, settings, request, attempt);
    },
  };
};

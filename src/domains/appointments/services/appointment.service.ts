import { z } from 'zod';
import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { Id } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { type Appointment, appointmentCancelled, appointmentStatusChanged } from '../models/appointment.ts';
import { type AppointmentStatus, mayBecome } from '../models/status.ts';
import { appointmentProblems } from '../problems.ts';
import {
  findAppointment,
  findAppointmentToChange,
  insertCancellation,
  listAppointments,
  updateAppointment,
} from '../repositories/appointment.repository.ts';
import { hasClaims } from '../repositories/claim.repository.ts';
import { listHistory } from '../repositories/history.repository.ts';
import type { ListAppointments } from '../validators/appointment.ts';
import type { Calendar } from './calendar.ts';
import type { Acting, Journal } from './journal.ts';
import { demandNotice } from './notice.ts';
import { aroundOf } from './reschedule.service.ts';
import { demandOwnCalendar, demandSight, reachOf } from './sight.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type AppointmentDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  planner: VisitPlanner;
  calendar: Calendar;
  journal: Journal;
};
export type AppointmentService = ReturnType<typeof createAppointmentService>;

/** Statuses that staff set as the visit goes on. */
export type VisitStep = 'confirmed' | 'checked_in' | 'in_progress' | 'completed' | 'no_show';

/** A time, then an id: appointments are listed in the order of their starts. */
const StartPosition = z.tuple([z.int(), Id]);

/** The verbs that read an appointment, or take it through its life. */
export const createAppointmentService = (deps: AppointmentDeps) => {
  const { database, clock, tenants, planner, calendar, journal } = deps;

  /** Locked, seen, in the version that the caller knows, and allowed to become `to`. */
  const findBefore = async (
    tx: Tx,
    ctx: Ctx,
    { id, to, ifMatch }: { id: string; to: AppointmentStatus; ifMatch: number | undefined },
  ) => {
    const before = demandSight(ctx, await findAppointmentToChange(tx, id));
    demandOwnCalendar(ctx, before.doctorId);
    demandVersion(before, ifMatch);
    if (!mayBecome(before.status, to)) {
      const detail = `An appointment that is ${before.status} cannot become ${to}.`;
      throw new AppError(appointmentProblems.invalid_transition, detail);
    }
    return before;
  };

  const giveBack = async (tx: Tx, appointment: Appointment) => {
    await calendar.free(tx, appointment);
    await calendar.fillOverrides(tx, appointment.doctorId, aroundOf(appointment));
  };

  /** A visit that was pending without blocking its time takes it now, if it is still to be had; past the rules, what is left. */
  const takeIfFree = async (tx: Tx, ctx: Ctx, appointment: Appointment) => {
    if (await hasClaims(tx, appointment.id)) return {};
    const visit = await planner.planned(tx, ctx, appointment);
    const holder = { id: appointment.id, expiresAt: null };
    const taking = { holder, visit, patientId: appointment.patientId };
    return appointment.overrideReason === null ? calendar.take(tx, taking) : calendar.takeBeside(tx, taking);
  };

  /** Cancels an appointment that is locked and may be cancelled, if the patient is in time. */
  const cancelIn = async (
    tx: Tx,
    ctx: Acting,
    before: Appointment,
    { reason, settings }: { reason: string | undefined; settings: BookingSettings },
  ): Promise<Appointment> => {
    demandNotice(ctx, before, settings.cancellationNoticeMinutes, clock);
    const now = clock.now();
    const cancellation = { cancelledBy: ctx.userId ?? null, cancelledAt: now, reason: reason ?? null };
    const after = nextVersion(before, { status: 'cancelled', cancellation, groupId: null }, now);
    await updateAppointment(tx, after);
    await giveBack(tx, before);
    await insertCancellation(tx, before.id, cancellation);
    await journal.write(tx, ctx, {
      action: 'cancelled',
      before,
      after,
      event: appointmentCancelled(after),
      reason,
    });
    return after;
  };

  return {
    get: async (ctx: Ctx, id: string): Promise<Appointment> =>
      demandSight(ctx, await findAppointment(database.read(ctx.tenantId), id)),

    list: async (ctx: Ctx, query: ListAppointments) => {
      const after = decodeCursor(StartPosition, query.cursor);
      const reach = reachOf(ctx, 'appointments:read');
      const found = await listAppointments(database.read(ctx.tenantId), { ...query, reach, after });
      return toPage(found, query.limit, ({ startsAt, id }) => [startsAt.getTime(), id]);
    },

    history: async (ctx: Ctx, id: string, { limit, cursor }: PageQuery) => {
      const db = database.read(ctx.tenantId);
      demandSight(ctx, await findAppointment(db, id));
      const entries = await listHistory(db, id, { limit, after: decodeCursor(IdPosition, cursor)?.[0] });
      return toPage(entries, limit, (last) => [last.id]);
    },

    /** Gives the time back in the same transaction. */
    cancel: (
      ctx: Ctx,
      id: string,
      reason: string | undefined,
      ifMatch: number | undefined,
    ): Promise<Appointment> =>
      database.transaction(ctx, async (tx) => {
        const before = await findBefore(tx, ctx, { id, to: 'cancelled', ifMatch });
        return cancelIn(tx, ctx, before, { reason, settings: await tenants.settings(ctx.tenantId) });
      }),

    cancelIn,

    /** Takes the visit one step on. Who did not come gives the rest of the time back. */
    advance: (ctx: Ctx, id: string, to: VisitStep, ifMatch: number | undefined): Promise<Appointment> =>
      database.transaction(ctx, async (tx) => {
        const before = await findBefore(tx, ctx, { id, to, ifMatch });
        const seat = to === 'confirmed' ? await takeIfFree(tx, ctx, before) : {};
        const left = to === 'no_show' ? { groupId: null } : {};
        const after = nextVersion(before, { status: to, ...seat, ...left }, clock.now());
        await updateAppointment(tx, after);
        if (to === 'no_show') await giveBack(tx, before);
        await journal.write(tx, ctx, { action: to, before, after, event: appointmentStatusChanged(after) });
        return after;
      }),
  };
};

import type { Database, Tx } from '../../../database/db.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { type Absence, type Absences, timeTaken } from '../../doctors/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { type AbsenceVisit, changeSince } from '../models/absence.ts';
import type { Appointment } from '../models/appointment.ts';
import type { Candidate } from '../models/proposals.ts';
import { mayBecome } from '../models/status.ts';
import type { Entry } from '../models/waitlist.ts';
import { appointmentProblems, isAgainstTime } from '../problems.ts';
import {
  type DueVisit,
  findAbsenceVisit,
  findDueVisit,
  updateResult,
  type VisitResult,
} from '../repositories/absence-visit.repository.ts';
import { findAppointment, findAppointmentToChange } from '../repositories/appointment.repository.ts';
import { insertEntry } from '../repositories/waitlist.repository.ts';
import type { AppointmentService } from './appointment.service.ts';
import type { Proposals } from './proposals.ts';
import type { RescheduleService } from './reschedule.service.ts';
import type { WaitlistOffers } from './waitlist-offers.ts';

export type AbsenceWorkerDeps = {
  database: Database;
  clock: Clock;
  logger: Logger;
  tenants: Pick<TenantsPort, 'settings'>;
  absences: Absences;
  proposals: Proposals;
  reschedule: RescheduleService;
  appointments: AppointmentService;
  offers: WaitlistOffers;
};
export type AbsenceWorker = ReturnType<typeof createAbsenceWorker>;

/** What the patient is told; why the doctor is away is nobody's business. */
const CANCELLATION_REASON = 'The doctor is away.';
/** Others may take a time while it is tried. */
const TIMES_TRIED = 8;
/** How long somebody who lost a time waits for another one. */
const WAITS_MS = 28 * DAY_MS;

const NOWHERE = { doctorId: null, startsAt: null };

/** A decision with all that is needed to carry it out; `times` are tried in their order. */
type Task = {
  readonly visit: AbsenceVisit;
  readonly absence: Absence;
  readonly settings: BookingSettings;
  readonly times: readonly Time[];
};
/** Where `locationId` is null, the doctor's hours say where. */
type Time = Pick<Candidate, 'doctorId' | 'locationId'> & { readonly startsAt: Date };

/** Carries decisions out, each in a transaction of its own. Any number of processes may do so at once. */
export const createAbsenceWorker = (deps: AbsenceWorkerDeps) => {
  const { database, clock, logger, tenants, absences, proposals, reschedule, appointments, offers } = deps;

  /** The room goes along where the visit stays at its location. */
  const moveTo = async (tx: Tx, ctx: Ctx, before: Appointment, { doctorId, startsAt, locationId }: Time) => {
    const changes = { doctorId, startsAt, ...(locationId !== null && { locationId }) };
    const after = await reschedule.moveIn(tx, ctx, before, changes);
    return resultOf('moved', { doctorId: after.doctorId, startsAt: after.startsAt });
  };

  const cancel = async (tx: Tx, ctx: Ctx, before: Appointment, settings: BookingSettings) => {
    if (!mayBecome(before.status, 'cancelled')) throw new AppError(appointmentProblems.invalid_transition);
    await appointments.cancelIn(tx, ctx, before, { reason: CANCELLATION_REASON, settings });
    return resultOf('cancelled');
  };

  /** The patient loses the visit, and at once stands first in the waitlist, with the time as an offer. */
  const offerInstead = async (
    tx: Tx,
    ctx: Ctx,
    before: Appointment,
    { settings, time }: { settings: BookingSettings; time: Time },
  ) => {
    await cancel(tx, ctx, before, settings);
    const now = clock.now();
    const entry = displacedEntry(ctx, before, { now, until: time.startsAt });
    await insertEntry(tx, entry);
    const { doctorId, startsAt } = time;
    const offering = { entryId: entry.id, doctorId, startsAt, settings, isHeld: true };
    const outcome = await offers.makeIn(tx, ctx, offering);
    if (outcome !== 'made') throw new AppError(appointmentProblems.no_proposal);
    return resultOf('offered', { doctorId, startsAt });
  };

  /** Tries the times one after the other, each wholly or not at all. */
  const firstThatWorks = async (
    tx: Tx,
    times: readonly Time[],
    attempt: (time: Time) => Promise<VisitResult>,
  ): Promise<VisitResult> => {
    let refusal = new AppError(appointmentProblems.no_proposal);
    for (const time of times) {
      try {
        return await tx.attempt(() => attempt(time));
      } catch (error) {
        if (!(error instanceof AppError) || !isAgainstTime(error.problem)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  };

  const act = (tx: Tx, ctx: Ctx, before: Appointment, task: Task): Promise<VisitResult> => {
    const { visit, settings, times } = task;
    switch (visit.action) {
      case 'move':
        return firstThatWorks(tx, times, (time) => moveTo(tx, ctx, before, time));
      case 'offer':
        return firstThatWorks(tx, times, (time) => offerInstead(tx, ctx, before, { settings, time }));
      case 'cancel':
        return tx.attempt(() => cancel(tx, ctx, before, settings));
      case null:
        throw new Error('Nothing has been decided');
    }
  };

  /** A refusal is a result; anything else undoes the transaction. */
  const resultIn = async (tx: Tx, task: Task): Promise<VisitResult> => {
    const { absence, visit } = task;
    const before = await findAppointmentToChange(tx, visit.appointmentId);
    const change = changeSince(before, { doctorId: absence.doctorId, time: timeTaken(absence) });
    if (!before || change !== undefined) return { ...NOWHERE, outcome: 'changed', code: change ?? null };
    try {
      return await act(tx, actingFor(tx.tenantId, visit, absence), before, task);
    } catch (error) {
      if (!(error instanceof AppError) || error.problem === commonProblems.unavailable) throw error;
      return failedWith(error.problem.code);
    }
  };

  /** The time that was decided for, or the best ones. */
  const timesFor = async (
    tenantId: string,
    visit: AbsenceVisit,
    { absence, settings }: Pick<Task, 'absence' | 'settings'>,
  ): Promise<Time[]> => {
    if (visit.action === 'cancel') return [];
    if (visit.wantedDoctorId && visit.wantedStartsAt) {
      return [{ doctorId: visit.wantedDoctorId, startsAt: visit.wantedStartsAt, locationId: null }];
    }
    const db = database.read(tenantId);
    const appointment = await findAppointment(db, visit.appointmentId);
    if (!appointment) return [];
    const onlyDoctorId = visit.ownCalendarOnly === true ? absence.doctorId : undefined;
    const question = { settings, absence: timeTaken(absence), onlyDoctorId, limit: TIMES_TRIED };
    const found = await proposals.propose(db, [appointment], question);
    return (found.get(appointment.id) ?? []).map(({ doctorId, startsAt, locationId }) => ({
      doctorId,
      startsAt: new Date(startsAt),
      locationId,
    }));
  };

  const carryOut = async ({ tenantId, ...key }: DueVisit): Promise<void> => {
    const db = database.read(tenantId);
    const [absence, decided] = [await absences.findById(db, key.absenceId), await findAbsenceVisit(db, key)];
    if (!absence || !decided) return;
    const settings = await tenants.settings(tenantId);
    const times = await timesFor(tenantId, decided, { absence, settings });
    await database.transaction({ tenantId }, async (tx) => {
      const visit = await findDueVisit(tx, key);
      if (visit) await updateResult(tx, key, await resultIn(tx, { visit, absence, settings, times }));
    });
  };

  return {
    /**
     * Carries out one decision, if nobody else does so just now. What cannot be done is written down as failed; only while
     * the database is away is it left to be tried again.
     */
    carryOut: async (due: DueVisit): Promise<void> => {
      try {
        await carryOut(due);
      } catch (error) {
        if (error instanceof AppError && error.problem === commonProblems.unavailable) throw error;
        logger.error({ err: error, ...due }, 'A decision about an absence could not be carried out');
        await database.transaction({ tenantId: due.tenantId }, async (tx) => {
          if (await findDueVisit(tx, due)) {
            await updateResult(tx, due, failedWith(commonProblems.internal_error.code));
          }
        });
      }
    },
  };
};

const resultOf = (
  outcome: 'moved' | 'offered' | 'cancelled',
  now: Pick<VisitResult, 'doctorId' | 'startsAt'> = NOWHERE,
): VisitResult => ({ ...now, outcome, code: null });

const failedWith = (code: string): VisitResult => ({ ...NOWHERE, outcome: 'failed', code });

/** For whoever decided, into the calendars that they may write into; nothing else is asked for here. */
const actingFor = (
  tenantId: string,
  { decidedBy, decidedAs, ownCalendarOnly, requestId }: AbsenceVisit,
  { doctorId }: Absence,
): Ctx => {
  if (decidedBy === null || decidedAs === null) throw new Error('Nobody has decided');
  return {
    tenantId,
    requestId: requestId ?? newId(),
    address: '',
    userAgent: 'absence',
    userId: decidedBy,
    sessionId: '',
    role: decidedAs,
    permissions: new Set([ownCalendarOnly === true ? 'appointments:write:own' : 'appointments:write']),
    ...(ownCalendarOnly === true && { doctorId }),
  };
};

/** Waits for any doctor who gives the service, until some weeks after the offered time. */
const displacedEntry = (
  { userId }: Ctx,
  { patientId, serviceId }: Appointment,
  { now, until }: { now: Date; until: Date },
): Entry => ({
  id: newId(),
  patientId,
  doctorId: null,
  specialization: null,
  serviceId,
  earliest: now,
  latest: new Date(until.getTime() + WAITS_MS),
  daysOfWeek: null,
  timeRange: null,
  status: 'waiting',
  enteredBy: userId,
  displaced: true,
  offer: null,
  version: 1,
  createdAt: now,
  updatedAt: now,
});

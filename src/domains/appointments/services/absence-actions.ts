import type { Tx } from '../../../database/db.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Absence } from '../../doctors/index.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import type { AbsenceVisit } from '../models/absence.ts';
import type { Appointment } from '../models/appointment.ts';
import type { Candidate } from '../models/proposals.ts';
import { mayBecome } from '../models/status.ts';
import type { Entry } from '../models/waitlist.ts';
import { appointmentProblems, isAgainstTime } from '../problems.ts';
import type { VisitResult } from '../repositories/absence-visit.repository.ts';
import { insertEntry } from '../repositories/waitlist.repository.ts';
import type { AppointmentService } from './appointment.service.ts';
import type { RescheduleService } from './reschedule.service.ts';
import type { WaitlistOffers } from './waitlist-offers.ts';

export type AbsenceActionDeps = {
  clock: Clock;
  reschedule: RescheduleService;
  appointments: AppointmentService;
  offers: WaitlistOffers;
};

/** What the patient is told; why the doctor is away is nobody's business. */
const CANCELLATION_REASON = 'The doctor is away.';
/** How long somebody who lost a time waits for another one. */
const WAITS_MS = 28 * DAY_MS;

/** Where nothing has been moved to. */
export const NOWHERE = { doctorId: null, startsAt: null };

/** A decision with all that is needed to carry it out; `times` are tried in their order. */
export type Task = {
  readonly visit: AbsenceVisit;
  readonly absence: Absence;
  readonly settings: BookingSettings;
  readonly times: readonly Time[];
};
/** Where `locationId` is null, the doctor's hours say where. */
export type Time = Pick<Candidate, 'doctorId' | 'locationId'> & { readonly startsAt: Date };

/** Does with a visit that an absence affects what was decided, in the caller's transaction. */
export const createAbsenceActions = ({ clock, reschedule, appointments, offers }: AbsenceActionDeps) => {
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

  return (tx: Tx, ctx: Ctx, before: Appointment, task: Task): Promise<VisitResult> => {
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
};

const resultOf = (
  outcome: 'moved' | 'offered' | 'cancelled',
  now: Pick<VisitResult, 'doctorId' | 'startsAt'> = NOWHERE,
): VisitResult => ({ ...now, outcome, code: null });

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

import { HOUR_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import { localDateAt, minuteOfDayAt } from '../../../shared/time/wall-clock.ts';
import { isOfVisit, type Price, type SourceEvent } from './source-event.ts';
import type { VisitStatus } from './status.ts';

/** An appointment as figures count it. */
export type Visit = {
  readonly id: string;
  readonly patientId: string;
  readonly doctorId: string;
  readonly locationId: string | null;
  readonly serviceId: string;
  readonly startsAt: Date;
  readonly minutes: number;
  /** Date and hour at which it starts, on the clock of the clinic. */
  readonly localDate: string;
  readonly localHour: number;
  readonly status: VisitStatus;
  readonly leadHours: number;
  readonly lateCancelled: boolean;
  readonly price: Price | null;
  readonly reminded: boolean;
  readonly attendanceConfirmed: boolean;
};

/** Whoever cancels later than this before the start leaves a time that can hardly be given to somebody else. */
export const LATE_HOURS = 24;

type Reading = {
  /** The clock of the clinic (IANA). */
  readonly timezone: string;
  /** Whose record it is now. */
  readonly patientOf: (patientId: string) => string;
};

/**
 * What the events of one appointment make of it: whatever their order, and however many are still to come. Nothing while
 * none says what it is.
 */
export const visitOf = (
  events: readonly SourceEvent[],
  { timezone, patientOf }: Reading,
): Visit | undefined => {
  const changes = events
    .filter(isOfVisit)
    .toSorted((a, b) => a.payload.appointment.version - b.payload.appointment.version);
  const last = changes.at(-1)?.payload.appointment;
  if (!last) return undefined;
  const { id, doctorId, locationId, serviceId, startsAt, status } = last;
  const start = startsAt.getTime();
  const cancelledAt = changes.find(({ payload }) => payload.appointment.status === 'cancelled')?.occurredAt;
  const priced = changes.find(
    ({ payload }) => payload.price !== undefined && payload.appointment.serviceId === serviceId,
  );
  return {
    id,
    patientId: patientOf(last.patientId),
    doctorId,
    locationId,
    serviceId,
    startsAt,
    minutes: Math.round((last.endsAt.getTime() - start) / MINUTE_MS),
    localDate: localDateAt(timezone, start),
    localHour: Math.floor(minuteOfDayAt(timezone, start) / 60),
    status,
    leadHours: Math.max(0, Math.floor((start - last.createdAt.getTime()) / HOUR_MS)),
    lateCancelled: cancelledAt !== undefined && cancelledAt.getTime() > start - LATE_HOURS * HOUR_MS,
    price: priced?.payload.price ?? null,
    reminded: events.some(
      (event) => event.type === 'appointment.reminder_due' && event.payload.startsAt.getTime() === start,
    ),
    attendanceConfirmed: last.attendanceConfirmedAt != null,
  };
};

import type { z } from 'zod';
import type { Tx } from '../../../database/db.ts';
import { bin, rows, sql } from '../../../database/sql.ts';
import { renewCalendarVersion } from '../../../database/versions.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import type { Money } from '../../../shared/types/fields.ts';
import { newId } from '../../../shared/types/id.ts';
import {
  type Appointment,
  appointmentBooked,
  appointmentCancelled,
  appointmentStatusChanged,
} from '../models/appointment.ts';
import { claimSlots } from '../models/claim.ts';
import type { AppointmentStatus } from '../models/status.ts';

/** A visit as it would be if it had been booked, and taken through its life, when it says. */
export type LoadedVisit = Pick<
  Appointment,
  | 'doctorId'
  | 'patientId'
  | 'serviceId'
  | 'locationId'
  | 'startsAt'
  | 'endsAt'
  | 'timezone'
  | 'localStart'
  | 'status'
  | 'reason'
> & {
  readonly bookedAt: Date;
  /** Who booked it, and did all that happened to it. */
  readonly actorId: string;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  /** What the service cost when it was booked. */
  readonly price: z.output<typeof Money> | null;
};

/** By which steps a visit came to its status. */
const STEPS: Readonly<Record<AppointmentStatus, readonly AppointmentStatus[]>> = {
  pending: ['pending'],
  confirmed: ['confirmed'],
  checked_in: ['confirmed', 'checked_in'],
  in_progress: ['confirmed', 'checked_in', 'in_progress'],
  completed: ['confirmed', 'checked_in', 'in_progress', 'completed'],
  cancelled: ['confirmed', 'cancelled'],
  no_show: ['confirmed', 'no_show'],
};

/** When it came to which status: what happens at the visit, at its time; a cancellation half-way to it. */
const timesOf = (visit: LoadedVisit): { status: AppointmentStatus; at: Date }[] => {
  const { bookedAt, startsAt, endsAt, status } = visit;
  const halfWay = new Date((bookedAt.getTime() + startsAt.getTime()) / 2);
  const times: Partial<Record<AppointmentStatus, Date>> = {
    checked_in: new Date(startsAt.getTime() - 5 * MINUTE_MS),
    in_progress: startsAt,
    completed: endsAt,
    no_show: endsAt,
    cancelled: halfWay,
  };
  return STEPS[status].map((step, at) => ({
    status: step,
    at: at === 0 ? bookedAt : (times[step] ?? bookedAt),
  }));
};

const frees = (status: AppointmentStatus) => status === 'cancelled' || status === 'no_show';

/** What a visit takes of the calendars of its doctor and its patient. */
const claimsOf = (tx: Tx, id: string, visit: LoadedVisit) => {
  const [start, end] = [visit.startsAt.getTime(), visit.endsAt.getTime()];
  const doctorTime = {
    start: start - visit.bufferBeforeMinutes * MINUTE_MS,
    end: end + visit.bufferAfterMinutes * MINUTE_MS,
  };
  return [
    ...claimSlots(doctorTime).map((slot) => [tx.tenant, bin(visit.doctorId), slot, bin(id)]),
    ...claimSlots({ start, end }).map((slot) => [tx.tenant, bin(visit.patientId), slot, bin(id)]),
  ];
};

const historyOf = (tx: Tx, id: string, visit: LoadedVisit) =>
  timesOf(visit).map(({ status, at }, step, all) => [
    ...[tx.tenant, bin(newId()), bin(id), at, bin(visit.actorId), step === 0 ? 'booked' : status],
    ...[all[step - 1]?.status ?? null, status, step === 0 ? null : visit.startsAt, visit.startsAt],
  ]);

/**
 * Writes many visits at once, with their history, and with their claims where they are not long over; nobody is told of
 * them. The database refuses times that are taken. The caller writes the audit row. A few hundred at a time. Answers the ids
 * of the visits, in their order.
 */
export const loadVisits = async (tx: Tx, visits: readonly LoadedVisit[], now: Date): Promise<string[]> => {
  const named = visits.map((visit) => ({ id: newId(), visit, times: timesOf(visit) }));
  const claims = named
    .filter(({ visit }) => !frees(visit.status) && visit.endsAt.getTime() > now.getTime() - DAY_MS)
    .flatMap(({ id, visit }) => claimsOf(tx, id, visit));
  if (claims.length > 0)
    await tx.run(sql`
      INSERT INTO calendar_claims (tenant_id, calendar_id, slot, holder_id) VALUES ${rows(claims)}`);
  for (const { doctorId } of visits) renewCalendarVersion(tx, doctorId);
  const tuples = named.map(({ id, visit: v, times }) => [
    ...[
      tx.tenant,
      bin(id),
      bin(v.doctorId),
      bin(v.patientId),
      bin(v.serviceId),
      bin(v.locationId),
      v.startsAt,
    ],
    ...[v.endsAt, v.timezone, v.localStart, v.status, v.reason, times.length, v.bookedAt, times.at(-1)?.at],
  ]);
  await tx.run(sql`
    INSERT INTO appointments (tenant_id, id, doctor_id, patient_id, service_id, location_id, starts_at, ends_at, timezone,
      local_start, status, reason, version, created_at, updated_at) VALUES ${rows(tuples)}`);
  const history = named.flatMap(({ id, visit }) => historyOf(tx, id, visit));
  await tx.run(sql`
    INSERT INTO appointment_history (tenant_id, id, appointment_id, occurred_at, actor_id, action, from_status, to_status,
      from_starts_at, to_starts_at) VALUES ${rows(history)}`);
  const cancelled = named.filter(({ visit }) => visit.status === 'cancelled');
  const ids = named.map(({ id }) => id);
  if (cancelled.length === 0) return ids;
  const cancellations = cancelled.map(({ id, visit, times }) => [
    tx.tenant,
    bin(id),
    bin(visit.actorId),
    times.at(-1)?.at,
  ]);
  await tx.run(sql`
    INSERT INTO appointment_cancellations (tenant_id, appointment_id, cancelled_by, cancelled_at) VALUES ${rows(cancellations)}`);
  return ids;
};

const eventOf = (appointment: Appointment, price: LoadedVisit['price']) => {
  if (appointment.version === 1) return appointmentBooked(appointment, price);
  return appointment.status === 'cancelled'
    ? appointmentCancelled(appointment)
    : appointmentStatusChanged(appointment);
};

/** The events that would have told of a loaded visit, for whoever has to know of it without telling anybody. */
export const untoldEventsOf = (id: string, visit: LoadedVisit) => {
  const unsaid = { roomId: null, notes: null, cancellation: null, series: null, attendanceConfirmedAt: null };
  return timesOf(visit).map(({ status, at }, step) => ({
    occurredAt: at,
    ...eventOf(
      {
        ...{ ...visit, ...unsaid, id, status, version: step + 1, createdAt: visit.bookedAt, updatedAt: at },
        ...{ groupId: null, overrideReason: null },
      },
      visit.price,
    ),
  }));
};

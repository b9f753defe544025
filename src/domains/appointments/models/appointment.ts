import { z } from 'zod';
import type { Money } from '../../../shared/types/fields.ts';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { AppointmentStatus } from './status.ts';

/** Who cancelled, when and why; without a user, the patient by the link of a reminder. */
const Cancellation = z
  .object({ cancelledBy: Id.nullable(), cancelledAt: Instant, reason: text(500).nullable() })
  .meta({ id: 'Cancellation' });

/** The series that a visit belongs to, and its place in there, from 0; those that were skipped have a place too. */
const SeriesPlace = z.object({ id: Id, index: z.int().min(0) }).meta({ id: 'SeriesPlace' });
export type SeriesPlace = z.output<typeof SeriesPlace>;

/** A visit of one patient to one doctor. It keeps the wall clock on which it was booked beside its instants. */
export const Appointment = z
  .object({
    id: Id,
    doctorId: Id,
    patientId: Id,
    serviceId: Id,
    locationId: Id.nullable(),
    roomId: Id.nullable(),
    startsAt: Instant,
    endsAt: Instant,
    timezone: z.string().meta({ example: 'Europe/Berlin' }),
    localStart: z.string().meta({ example: '2027-03-22T09:00' }),
    status: AppointmentStatus,
    reason: text(500).nullable(),
    notes: text(2000).nullable(),
    cancellation: Cancellation.nullable(),
    series: SeriesPlace.nullable(),
    /** When the patient said that they will come to this time. */
    attendanceConfirmedAt: Instant.nullable(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Appointment' });
/** With what only the calendar needs to know: the group visit that it has a seat in, and why it was booked past the rules. */
export type Appointment = z.output<typeof Appointment> & {
  readonly groupId: string | null;
  readonly overrideReason: string | null;
};

/** Where and when a visit takes place. */
export type Place = Pick<
  Appointment,
  'doctorId' | 'serviceId' | 'locationId' | 'roomId' | 'startsAt' | 'endsAt' | 'timezone' | 'localStart'
>;

/** What others may be told of an appointment: nothing that was said about the patient. */
export const ReportedAppointment = Appointment.omit({ reason: true, notes: true, cancellation: true });

const payload = (appointment: Appointment) => ({ appointment: ReportedAppointment.encode(appointment) });

/** What the service costs when the visit is booked: it stays so, whatever becomes of the price. */
type Price = z.output<typeof Money> | null;

export const appointmentBooked = (appointment: Appointment, price: Price) =>
  ({ type: 'appointment.booked', payload: { ...payload(appointment), price } }) as const;

/** The price is that of another service, if it is one. */
export const appointmentRescheduled = (appointment: Appointment, previous: Appointment, price: Price) =>
  ({
    type: 'appointment.rescheduled',
    payload: {
      ...payload(appointment),
      price,
      previous: {
        doctorId: previous.doctorId,
        startsAt: previous.startsAt.toISOString(),
        endsAt: previous.endsAt.toISOString(),
      },
    },
  }) as const;

/** Something other than time and doctor changed. */
export const appointmentUpdated = (appointment: Appointment) =>
  ({ type: 'appointment.updated', payload: payload(appointment) }) as const;

export const appointmentStatusChanged = (appointment: Appointment) =>
  ({ type: 'appointment.status_changed', payload: payload(appointment) }) as const;

export const appointmentCancelled = (appointment: Appointment) =>
  ({ type: 'appointment.cancelled', payload: payload(appointment) }) as const;

import type { VisitNames } from '../../doctors/index.ts';
import type { Appointment } from './appointment.ts';
import type { CalendarEvent } from './icalendar.ts';
import type { AppointmentStatus } from './status.ts';

/** What a calendar may know of an appointment: who is treated, and why, is no part of it. */
export type CalendarVisit = Pick<
  Appointment,
  | 'id'
  | 'doctorId'
  | 'serviceId'
  | 'locationId'
  | 'startsAt'
  | 'endsAt'
  | 'status'
  | 'version'
  | 'createdAt'
  | 'updatedAt'
>;

/** Who reads the calendar: patients want to know to whom they go, a doctor does not. */
export type CalendarReader = 'doctor' | 'patient';

const UID_DOMAIN = 'doctor-appointment-saas';

/**
 * The event of a visit. Calendars are kept by other companies, so that the summary names the service, for patients also
 * the doctor, and never the patient. The version of the appointment is its revision: it grows with every move.
 */
export const eventOf = (visit: CalendarVisit, names: VisitNames, reader: CalendarReader): CalendarEvent => {
  const service = names.services.get(visit.serviceId) ?? 'Appointment';
  const doctor = names.doctors.get(visit.doctorId);
  return {
    uid: `${visit.id}@${UID_DOMAIN}`,
    sequence: visit.version - 1,
    createdAt: visit.createdAt,
    changedAt: visit.updatedAt,
    startsAt: visit.startsAt,
    endsAt: visit.endsAt,
    summary: reader === 'patient' && doctor !== undefined ? `${service}: ${doctor}` : service,
    location: visit.locationId === null ? undefined : names.locations.get(visit.locationId),
    status: eventStatusOf(visit.status),
  };
};

/** A visit that nobody came to still took its time. */
const eventStatusOf = (status: AppointmentStatus): CalendarEvent['status'] => {
  if (status === 'pending') return 'TENTATIVE';
  return status === 'cancelled' ? 'CANCELLED' : 'CONFIRMED';
};

/** Everything that the events of `visits` name. */
export const namedIn = (visits: readonly CalendarVisit[]) => ({
  doctorIds: distinct(visits.map(({ doctorId }) => doctorId)),
  serviceIds: distinct(visits.map(({ serviceId }) => serviceId)),
  locationIds: distinct(visits.flatMap(({ locationId }) => locationId ?? [])),
});

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)];

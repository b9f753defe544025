import { z } from 'zod';
import type { StoredEvent } from '../events/stored-event.ts';
import { adminRoom, calendarRoom, doctorRoom, patientRoom, staffRoom, tenantRoom } from './rooms.ts';
import type { MessageName } from './messages.ts';

export type SocketMessage = {
  readonly name: MessageName;
  readonly rooms: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
};

const Place = z.object({ doctorId: z.string(), startsAt: z.string(), endsAt: z.string() });
const Appointment = Place.extend({ patientId: z.string() }).loose();
const AppointmentPayload = z.object({ appointment: Appointment, previous: Place.optional() });
type Place = z.output<typeof Place>;

/** People's own words may describe their health; they are read over HTTP, where reading leaves an audit row. */
const OWN_WORDS = new Set(['reason', 'notes']);
const withoutOwnWords = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutOwnWords);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([field]) => !OWN_WORDS.has(field));
  return Object.fromEntries(kept.map(([field, inner]) => [field, withoutOwnWords(inner)]));
};

/** One message for each doctor, over all of that doctor's time that may have changed. */
const availabilityUpdated = (tenantId: string, places: readonly Place[]): SocketMessage[] => {
  const spans = new Map<string, { from: string; to: string }>();
  for (const { doctorId, startsAt, endsAt } of places) {
    const span = spans.get(doctorId) ?? { from: startsAt, to: endsAt };
    spans.set(doctorId, {
      from: Date.parse(startsAt) < Date.parse(span.from) ? startsAt : span.from,
      to: Date.parse(endsAt) > Date.parse(span.to) ? endsAt : span.to,
    });
  }
  return [...spans].map(([doctorId, span]) => ({
    name: 'availability_updated',
    rooms: [calendarRoom(tenantId, doctorId)],
    data: { doctorId, ...span },
  }));
};

const ofAppointment =
  (name: MessageName) =>
  ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
    const { appointment, previous } = AppointmentPayload.parse(payload);
    const places = previous ? [appointment, previous] : [appointment];
    const doctorIds = new Set(places.map(({ doctorId }) => doctorId));
    const rooms = [
      staffRoom(tenantId),
      ...[...doctorIds].map((doctorId) => doctorRoom(tenantId, doctorId)),
      patientRoom(tenantId, appointment.patientId),
    ];
    const data = withoutOwnWords({ appointment, ...(previous && { previous }) }) as Record<string, unknown>;
    return [{ name, rooms, data }, ...availabilityUpdated(tenantId, places)];
  };

const ofCalendar =
  (name: MessageName, Payload: z.ZodType<{ doctorId: string }>) =>
  ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
    const data = Payload.parse(payload);
    return [{ name, rooms: [calendarRoom(tenantId, data.doctorId)], data }];
  };

/** Time that is kept, or is not kept any more: nothing of whose it is. */
const ofTime = ({ tenantId, payload }: StoredEvent): SocketMessage[] =>
  availabilityUpdated(tenantId, [Place.parse(payload)]);

const DoctorPayload = z.object({ doctorId: z.string() });
const updated = ofAppointment('appointment_updated');

const OfferPayload = z.object({
  entryId: z.string(),
  offerId: z.string(),
  patientId: z.string(),
  doctorId: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  expiresAt: z.string(),
});
/** Its time is kept for the patient, and taken for everybody else. Without the service: what somebody waits for may tell of their health. */
const ofOffer = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const { patientId, ...offer } = OfferPayload.parse(payload);
  const data = { kind: 'waitlist_offer', ...offer };
  const offered = { name: 'system_notification', rooms: [patientRoom(tenantId, patientId)], data } as const;
  return [offered, ...availabilityUpdated(tenantId, [offer])];
};

const OpeningPayload = z.object({
  openingId: z.string(),
  patientId: z.string(),
  userId: z.string(),
  expiresAt: z.string(),
});
/** A record that was opened in an emergency is for administrators to look into. */
const ofOpening = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const data = { kind: 'record_opened_by_break_glass', ...OpeningPayload.parse(payload) };
  return [{ name: 'system_notification', rooms: [adminRoom(tenantId)], data }];
};

const ReminderPayload = Place.extend({
  appointmentId: z.string(),
  patientId: z.string(),
  timezone: z.string(),
  minutesBefore: z.number(),
});
/** To the two who meet. */
const ofReminder = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const data = ReminderPayload.parse(payload);
  const rooms = [patientRoom(tenantId, data.patientId), doctorRoom(tenantId, data.doctorId)];
  return [{ name: 'appointment_reminder', rooms, data }];
};

const MaintenancePayload = z.object({
  noticeId: z.string(),
  message: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
});
const ofMaintenance =
  (status: 'planned' | 'withdrawn') =>
  ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
    const data = { status, ...MaintenancePayload.parse(payload) };
    return [{ name: 'maintenance_notice', rooms: [tenantRoom(tenantId)], data }];
  };

/** Which events are told to whom: the one table. */
const table: Readonly<Record<string, (event: StoredEvent) => SocketMessage[]>> = {
  'appointment.booked': ofAppointment('appointment_created'),
  'appointment.rescheduled': updated,
  'appointment.status_changed': updated,
  'appointment.updated': updated,
  'appointment.cancelled': ofAppointment('appointment_cancelled'),
  'appointment.reminder_due': ofReminder,
  'appointment.hold_made': ofTime,
  'appointment.hold_released': ofTime,
  'appointment.hold_expired': ofTime,
  'doctor.availability_changed': ofCalendar('availability_updated', DoctorPayload),
  'doctor.slot_rules_changed': ofCalendar('availability_updated', DoctorPayload),
  'doctor.status_changed': ofCalendar('doctor_status_changed', DoctorPayload.extend({ status: z.string() })),
  'waitlist.offer_made': ofOffer,
  'waitlist.offer_ended': ofTime,
  'patient.record_opened_by_break_glass': ofOpening,
  'maintenance.announced': ofMaintenance('planned'),
  'maintenance.withdrawn': ofMaintenance('withdrawn'),
};

/** Whether sockets are told of events of this type. */
export const hasMessages = ({ type }: Pick<StoredEvent, 'type'>): boolean => Object.hasOwn(table, type);

/** The messages that an event causes, each for all sockets that are in any of its rooms; most events cause none. */
export const socketMessagesFor = (event: StoredEvent): SocketMessage[] =>
  Object.hasOwn(table, event.type) ? (table[event.type]?.(event) ?? []) : [];

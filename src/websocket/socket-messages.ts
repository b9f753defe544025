import { z } from 'zod';
import type { StoredEvent } from '../events/stored-event.ts';
import { messageCatalogue, type MessageData, type MessageName } from './message-catalogue.ts';
import { Maintenance, Place, RecordOpened, Reminder, WaitlistOffer } from './message-data.ts';
import { adminRoom, calendarRoom, doctorRoom, patientRoom, staffRoom, tenantRoom } from './rooms.ts';

/** One message for all sockets that are in any of `rooms`. */
export type SocketMessage = {
  readonly [Name in MessageName]: {
    readonly name: Name;
    readonly rooms: readonly string[];
    readonly data: MessageData<Name>;
  };
}[MessageName];

const { availability_updated: AvailabilityUpdated, doctor_status_changed: StatusChanged } = messageCatalogue;
type Place = z.output<typeof Place>;

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
  (name: 'appointment_created' | 'appointment_updated' | 'appointment_cancelled') =>
  ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
    const data: MessageData<'appointment_updated'> = messageCatalogue[name].data.parse(payload);
    const { appointment, previous } = data;
    const places = previous ? [appointment, previous] : [appointment];
    const doctorIds = new Set(places.map(({ doctorId }) => doctorId));
    const rooms = [
      staffRoom(tenantId),
      ...[...doctorIds].map((doctorId) => doctorRoom(tenantId, doctorId)),
      patientRoom(tenantId, appointment.patientId),
    ];
    return [{ name, rooms, data }, ...availabilityUpdated(tenantId, places)];
  };
const updated = ofAppointment('appointment_updated');

/** At any time: which, is not told. */
const ofCalendar = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const data = AvailabilityUpdated.data.pick({ doctorId: true }).parse(payload);
  return [{ name: 'availability_updated', rooms: [calendarRoom(tenantId, data.doctorId)], data }];
};

const ofStatus = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const data = StatusChanged.data.parse(payload);
  return [{ name: 'doctor_status_changed', rooms: [calendarRoom(tenantId, data.doctorId)], data }];
};

/** Time that is kept, or is not kept any more: nothing of whose it is. */
const ofTime = ({ tenantId, payload }: StoredEvent): SocketMessage[] =>
  availabilityUpdated(tenantId, [Place.parse(payload)]);

const OfPatient = z.object({ patientId: z.string() });

/** Its time is kept for the patient, and taken for everybody else. */
const ofOffer = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const rooms = [patientRoom(tenantId, OfPatient.parse(payload).patientId)];
  const data = WaitlistOffer.parse({ ...payload, kind: 'waitlist_offer' });
  return [{ name: 'system_notification', rooms, data }, ...availabilityUpdated(tenantId, [data])];
};

/** A record that was opened in an emergency is for administrators to look into. */
const ofOpening = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const data = RecordOpened.parse({ ...payload, kind: 'record_opened_by_break_glass' });
  return [{ name: 'system_notification', rooms: [adminRoom(tenantId)], data }];
};

/** To the two who meet. */
const ofReminder = ({ tenantId, payload }: StoredEvent): SocketMessage[] => {
  const data = Reminder.parse(payload);
  const rooms = [patientRoom(tenantId, data.patientId), doctorRoom(tenantId, data.doctorId)];
  return [{ name: 'appointment_reminder', rooms, data }];
};

const ofMaintenance =
  (status: 'planned' | 'withdrawn') =>
  ({ tenantId, payload }: StoredEvent): SocketMessage[] => [
    {
      name: 'maintenance_notice',
      rooms: [tenantRoom(tenantId)],
      data: Maintenance.parse({ ...payload, status }),
    },
  ];

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
  'doctor.availability_changed': ofCalendar,
  'doctor.slot_rules_changed': ofCalendar,
  'doctor.status_changed': ofStatus,
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

import { z } from 'zod';
import { Id } from '../shared/types/id.ts';

/** As events hold it: text, in UTC. */
export const InstantText = z.iso.datetime();
export const Place = z.object({ doctorId: Id, startsAt: InstantText, endsAt: InstantText });

/** Without people's own words, which may describe their health: they are read over HTTP, where reading leaves an audit row. */
export const SocketAppointment = z
  .object({
    id: Id,
    doctorId: Id,
    patientId: Id,
    serviceId: Id,
    locationId: Id.nullable(),
    roomId: Id.nullable(),
    startsAt: InstantText,
    endsAt: InstantText,
    timezone: z.string(),
    localStart: z.string(),
    status: z.enum([
      'pending',
      'confirmed',
      'checked_in',
      'in_progress',
      'completed',
      'cancelled',
      'no_show',
    ]),
    series: z.object({ id: Id, index: z.int().min(0) }).nullable(),
    attendanceConfirmedAt: InstantText.nullable(),
    version: z.int(),
    createdAt: InstantText,
    updatedAt: InstantText,
  })
  .meta({ id: 'SocketAppointment', description: 'Without `reason`, `notes` and `cancellation`' });
export type SocketAppointment = z.output<typeof SocketAppointment>;

export const OfAppointment = z.object({ appointment: SocketAppointment });

const Notification = z
  .object({
    kind: z.literal('notification'),
    notificationId: Id,
    about: z.string().meta({ description: 'The kind of the notification', example: 'appointment_booked' }),
    title: z.string().meta({ example: 'Your appointment on Monday, 22 March 2027 at 09:00' }),
    appointmentId: Id.nullable(),
  })
  .meta({ id: 'SocketNotification' });
/** Without the service: what somebody waits for may tell of their health. */
export const WaitlistOffer = Place.extend({
  kind: z.literal('waitlist_offer'),
  entryId: Id,
  offerId: Id,
  expiresAt: InstantText,
}).meta({ id: 'SocketWaitlistOffer' });
export const RecordOpened = z
  .object({
    kind: z.literal('record_opened_by_break_glass'),
    openingId: Id,
    patientId: Id,
    userId: Id,
    expiresAt: InstantText,
  })
  .meta({ id: 'SocketRecordOpened' });
export const ForOnePerson = z.discriminatedUnion('kind', [Notification, WaitlistOffer, RecordOpened]);

export const Maintenance = z.object({
  status: z.enum(['planned', 'withdrawn']),
  noticeId: Id,
  message: z.string().meta({ example: 'The database moves. Nothing can be booked for ten minutes.' }),
  startsAt: InstantText,
  endsAt: InstantText,
});

export const Reminder = Place.extend({
  reminderId: Id,
  appointmentId: Id,
  patientId: Id,
  timezone: z.string(),
  minutesBefore: z.int().meta({ example: 1440 }),
});

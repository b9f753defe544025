import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { AppointmentStatus } from '../models/status.ts';

export const AppointmentParams = z.object({ id: Id });

export const BookAppointment = z.strictObject({
  doctorId: Id,
  serviceId: Id,
  startsAt: Instant,
  patientId: Id.optional().meta({
    description: 'Whom staff or a guardian book for; default: the patient who books',
  }),
  locationId: Id.optional(),
  roomId: Id.optional(),
  reason: text(500).optional(),
  notes: text(2000).optional(),
  holdId: Id.optional().meta({ description: 'A hold of the same doctor, service and time' }),
  override: z
    .strictObject({ reason: text(500) })
    .optional()
    .meta({
      description: 'Books outside working time or beside another appointment; staff only, and audited',
    }),
});
export type BookAppointment = z.output<typeof BookAppointment>;

export const HoldSlot = z.strictObject({
  doctorId: Id,
  serviceId: Id,
  startsAt: Instant,
  patientId: Id.optional().meta({
    description: 'Whose time is kept as well; default: of the patient who asks',
  }),
});
export type HoldSlot = z.output<typeof HoldSlot>;

/** A change of time, doctor or service is one atomic reschedule. */
export const UpdateAppointment = z
  .strictObject({
    startsAt: Instant,
    doctorId: Id,
    serviceId: Id,
    locationId: Id.nullable(),
    roomId: Id.nullable(),
    reason: text(500).nullable(),
    notes: text(2000).nullable(),
  })
  .partial();
export type UpdateAppointment = z.output<typeof UpdateAppointment>;

export const CancelAppointment = z.strictObject({ reason: text(500).optional() }).optional();
export type CancelAppointment = z.output<typeof CancelAppointment>;

const Statuses = z
  .string()
  .transform((given) => given.split(','))
  .pipe(z.array(AppointmentStatus))
  .meta({ description: 'One status, or several with commas between', example: 'pending,confirmed' });

export const ListAppointments = PageQuery.extend({
  from: Instant.optional(),
  to: Instant.optional(),
  status: Statuses.optional(),
  doctorId: Id.optional(),
  patientId: Id.optional(),
  locationId: Id.optional(),
}).refine(({ from, to }) => from === undefined || to === undefined || from < to, {
  path: ['to'],
  error: 'must be after from',
});
export type ListAppointments = z.output<typeof ListAppointments>;

export const ListHistory = PageQuery;

import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import type { Appointment } from './appointment.ts';
import { AppointmentStatus } from './status.ts';

/** One change of an appointment: who, when, from what, to what, why. */
export const HistoryEntry = z
  .object({
    id: Id,
    occurredAt: Instant,
    /** Without a user, the patient by the link of a reminder. */
    actorId: Id.nullable(),
    action: z.enum([
      'booked',
      'rescheduled',
      'updated',
      'confirmed',
      'attendance_confirmed',
      'checked_in',
      'in_progress',
      'completed',
      'cancelled',
      'no_show',
    ]),
    fromStatus: AppointmentStatus.nullable(),
    toStatus: AppointmentStatus,
    fromStartsAt: Instant.nullable(),
    toStartsAt: Instant,
    reason: z.string().nullable(),
  })
  .meta({ id: 'AppointmentHistoryEntry' });
export type HistoryEntry = z.output<typeof HistoryEntry>;

/** What an appointment became, and from what; without `before` it has just been booked. */
export const changeOf = (after: Appointment, before: Appointment | undefined) => ({
  fromStatus: before?.status ?? null,
  toStatus: after.status,
  fromStartsAt: before?.startsAt ?? null,
  toStartsAt: after.startsAt,
});

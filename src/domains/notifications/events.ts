import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import { Instant } from '../../shared/types/instant.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { TimeZone } from '../../shared/types/fields.ts';

export const notificationEvents = {
  'appointment.reminder_due': {
    version: 1,
    summary: 'The patient is to be reminded of an appointment; by which channels is theirs to choose',
    data: z.object({
      reminderId: Id,
      appointmentId: Id,
      doctorId: Id,
      patientId: Id,
      startsAt: Instant,
      endsAt: Instant,
      timezone: TimeZone,
      minutesBefore: z.int().min(5).max(43_200).meta({ example: 1440 }),
    }),
  },
} as const satisfies EventCatalogue;

import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { Appointment } from './appointment.ts';

/** A repeated visit, as it was asked for: whose, with whom, and the wall clock (`timezone`) on which it repeats. */
export type Series = {
  readonly id: string;
  readonly doctorId: string;
  readonly patientId: string;
  readonly recurrence: string;
  readonly startsAt: Date;
  readonly timezone: string;
  readonly createdAt: Date;
};

const code = z.string().meta({ description: 'The code of the problem', example: 'slot_taken' });

/** What became of each occurrence of a series: an appointment, or the reason why there is none. */
export const BookedSeries = z
  .object({
    id: Id,
    created: z.array(Appointment),
    skipped: z.array(z.object({ startsAt: Instant, code })),
  })
  .meta({ id: 'BookedSeries' });
export type BookedSeries = Omit<z.output<typeof BookedSeries>, 'created'> & { created: Appointment[] };

/** `recurrence` is the rule that was asked for; visits that were moved since keep their place. */
export const SeriesView = z
  .object({
    id: Id,
    recurrence: z.string().meta({ example: 'FREQ=WEEKLY;COUNT=6' }),
    appointments: z.array(Appointment),
  })
  .meta({ id: 'Series' });
export type SeriesView = Omit<z.output<typeof SeriesView>, 'appointments'> & { appointments: Appointment[] };

/** `kept` are visits for whose cancellation the patient is too late. */
export const CancelledSeries = z
  .object({
    id: Id,
    cancelled: z.array(Appointment),
    kept: z.array(z.object({ id: Id, code })),
  })
  .meta({ id: 'CancelledSeries' });
export type CancelledSeries = Omit<z.output<typeof CancelledSeries>, 'cancelled'> & {
  cancelled: Appointment[];
};

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

const version = z.int().meta({ description: 'Grows with every change of one of its visits' });
const code = z.string().meta({ description: 'The code of the problem', example: 'slot_taken' });

/** What became of each occurrence of a series: an appointment, or the reason why there is none. */
export const BookedSeries = z
  .object({
    id: Id,
    created: z.array(Appointment),
    skipped: z.array(z.object({ startsAt: Instant, code })),
    version,
  })
  .meta({ id: 'BookedSeries' });
export type BookedSeries = Omit<z.output<typeof BookedSeries>, 'created'> & { created: Appointment[] };

/** A series as it was asked for; visits that were changed since keep their place in it. */
export const SeriesSummary = z
  .object({
    id: Id,
    doctorId: Id,
    patientId: Id,
    recurrence: z.string().meta({ example: 'FREQ=WEEKLY;COUNT=6' }),
    startsAt: Instant.meta({ description: 'The first visit' }),
    timezone: z.string().meta({ description: 'On whose wall clock it repeats', example: 'Europe/Berlin' }),
    version,
    createdAt: Instant,
  })
  .meta({ id: 'SeriesSummary' });
export type SeriesSummary = z.output<typeof SeriesSummary>;

/** With its appointments, by start. */
export const SeriesView = z
  .object({ ...SeriesSummary.shape, appointments: z.array(Appointment) })
  .meta({ id: 'Series' });
export type SeriesView = Omit<z.output<typeof SeriesView>, 'appointments'> & { appointments: Appointment[] };

/** 1 for a series as it was booked; every change of one of its visits adds one. */
export const versionOf = (visits: readonly Pick<Appointment, 'version'>[]): number =>
  visits.reduce((total, visit) => total + visit.version - 1, 1);

/** `kept` are visits for whose cancellation the patient is too late. */
export const CancelledSeries = z
  .object({
    id: Id,
    cancelled: z.array(Appointment),
    kept: z.array(z.object({ id: Id, code })),
    version,
  })
  .meta({ id: 'CancelledSeries' });
export type CancelledSeries = Omit<z.output<typeof CancelledSeries>, 'cancelled'> & {
  cancelled: Appointment[];
};

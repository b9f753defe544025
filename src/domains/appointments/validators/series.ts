import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { RecurrenceRule } from '../models/recurrence.ts';
import { BookAppointment, UpdateAppointment } from './appointment.ts';

export const SeriesParams = z.object({ id: Id });

export const BookSeries = BookAppointment.omit({ holdId: true, override: true }).extend({
  startsAt: Instant.meta({ description: 'The first visit; the others keep its local time' }),
  recurrence: RecurrenceRule,
  onConflict: z
    .enum(['fail', 'skip'])
    .default('fail')
    .meta({ description: 'Whether one time that cannot be had fails the series, or is left out' }),
});
export type BookSeries = z.output<typeof BookSeries>;

/** `from` chooses the visits: that one and all following. `startsAt` is the new start of the first of them. */
export const UpdateSeries = UpdateAppointment.extend({ from: Instant });
export type UpdateSeries = z.output<typeof UpdateSeries>;

export const CancelSeriesFrom = z.strictObject({
  from: Instant.optional().meta({ description: 'Cancels the visits that start then or later; default: now' }),
});
export type CancelSeriesFrom = z.output<typeof CancelSeriesFrom>;

export const ListSeries = PageQuery.extend({ doctorId: Id.optional(), patientId: Id.optional() });
export type ListSeries = z.output<typeof ListSeries>;

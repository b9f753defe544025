import { z } from 'zod';
import { LocalDate } from '../../../shared/types/wall-clock.ts';
import type { Schedule } from '../../doctors/index.ts';

const Hours = z.object({ startMinute: z.int(), endMinute: z.int() });
const locationId = z.string().nullable();

/** All that decides when a doctor works, as the event says it that tells of a change. */
export const ReportedHours = z.object({
  timezone: z.string(),
  rules: z.array(
    Hours.extend({
      dayOfWeek: z.int(),
      locationId,
      serviceIds: z.array(z.string()).nullable(),
      effectiveFrom: LocalDate.nullable(),
      effectiveTo: LocalDate.nullable(),
    }),
  ),
  overrides: z.array(
    z.object({
      startDate: LocalDate,
      endDate: LocalDate,
      kind: z.enum(['unavailable', 'custom']),
      // Overrides could not name a location when older events told of them.
      intervals: z.array(Hours.extend({ locationId: locationId.default(null) })),
    }),
  ),
  closures: z.array(
    z.object({ startDate: LocalDate, endDate: LocalDate, locationId, timezone: z.string().nullable() }),
  ),
  absences: z.array(z.object({ start: z.number(), end: z.number() })).default([]),
}) satisfies z.ZodType<Schedule>;
export type ReportedHours = z.output<typeof ReportedHours>;

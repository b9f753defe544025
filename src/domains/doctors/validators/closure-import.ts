import { z } from 'zod';
import { addDays } from '../../../shared/time/local-date.ts';
import { Id } from '../../../shared/types/id.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';
import { affectedFields } from '../models/availability.ts';
import { SkipReason } from '../models/skip-reason.ts';

const MAX_OCTETS = 512 * 1024;
const MAX_DAYS = 3660;

/** Dates that any program can count with. */
const ImportDate = LocalDate.refine((date) => date >= '1900-01-01' && date < '2200-01-01', {
  abort: true, // What is compared with it counts with it.
  error: 'must lie between 1900 and 2199',
});

export const ImportClosures = z
  .strictObject({
    ics: z
      .string()
      .refine((text) => Buffer.byteLength(text) <= MAX_OCTETS, 'must have at most 512 KiB')
      .meta({
        description: 'An iCalendar text (RFC 5545) of at most 512 KiB; its all-day events become closures',
        example:
          'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Holidays//EN\r\nBEGIN:VEVENT\r\nUID:new-year\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:New Year\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
      }),
    locationId: Id.nullable().default(null).meta({ description: 'Closes this location only' }),
    dryRun: z.boolean().default(true).meta({ description: 'Shows what would be added, and adds nothing' }),
    from: ImportDate.optional().meta({ description: 'Default: today at the clinic' }),
    to: ImportDate.optional().meta({ description: 'Included. Default: two years after from' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'must not be before from',
  })
  .refine(({ from, to }) => from === undefined || to === undefined || to <= addDays(from, MAX_DAYS), {
    path: ['to'],
    error: 'must be at most ten years after from',
  });
export type ImportClosures = z.output<typeof ImportClosures>;

/** What an import has found in a holiday calendar, and what it did or, in a dry run, would do. */
export const ClosureImport = z
  .object({
    dryRun: z.boolean(),
    closures: z.array(
      z.object({
        startDate: LocalDate,
        endDate: LocalDate,
        name: z.string(),
        status: z.enum(['new', 'exists']),
      }),
    ),
    skipped: z.array(z.object({ summary: z.string(), reason: SkipReason })),
    ...affectedFields,
  })
  .meta({ id: 'ClosureImport' });
export type ClosureImport = z.output<typeof ClosureImport>;

import { z } from 'zod';
import { formatMinuteOfDay, parseMinuteOfDay } from '../time/local-date.ts';

const GRAIN_MINUTES = 5;

const timeOfDay = (pattern: RegExp, detail: string) =>
  z
    .codec(z.string().regex(pattern, { abort: true, error: detail }), z.int(), {
      decode: parseMinuteOfDay,
      encode: formatMinuteOfDay,
    })
    .refine((minute) => minute % GRAIN_MINUTES === 0, 'must be a multiple of 5 minutes');

/** 'HH:mm' on the wire, minutes after midnight inside. */
export const LocalTime = timeOfDay(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:00').meta({
  example: '09:00',
});

/** A {@link LocalTime} that may also be 24:00, the midnight at the end of the day. */
export const LocalEndTime = timeOfDay(
  /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
  'must be a time such as 17:00, or 24:00',
).meta({ example: '17:00' });

/** A date without a zone that exists in the calendar: 'YYYY-MM-DD'. */
export const LocalDate = z.iso
  .date({ abort: true, error: 'must be a date such as 2027-03-22' })
  .meta({ example: '2027-03-22' });

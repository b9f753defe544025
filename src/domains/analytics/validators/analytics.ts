import { z } from 'zod';
import { addDays } from '../../../shared/time/local-date.ts';
import { Id } from '../../../shared/types/id.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';

/** Three years, with the leap day that may be in them. */
const MOST_DAYS = 1_096;

const day = (description: string, example: string) =>
  LocalDate.refine((date) => date >= '1900' && date < '3000', 'must lie in the years 1900 to 2999').meta({
    description,
    example,
  });

const Dates = z.strictObject({
  from: day('The first date, on the calendar of the clinic', '2027-03-01'),
  to: day('The last date; it belongs to the period', '2027-03-31'),
});

/** Reports at `to` what is wrong with two dates that are right by themselves. */
const asPeriod = <Asked extends z.ZodObject<(typeof Dates)['shape']>>(asked: Asked) =>
  asked
    .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before from' })
    .refine(({ from, to }) => to < addDays(from, MOST_DAYS), {
      path: ['to'],
      error: `must be less than ${MOST_DAYS} days after from`,
    });

export const AskFigures = asPeriod(
  Dates.extend({ doctorId: Id.optional(), locationId: Id.optional(), serviceId: Id.optional() }),
);
export type AskFigures = z.output<typeof AskFigures>;

/** Who waits has no location yet. */
export const AskWaitlist = asPeriod(Dates.extend({ doctorId: Id.optional(), serviceId: Id.optional() }));
export type AskWaitlist = z.output<typeof AskWaitlist>;

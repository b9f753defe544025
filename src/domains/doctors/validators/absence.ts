import { z } from 'zod';
import { PageQuery } from '../../../shared/types/page.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';
import { Id } from '../../../shared/types/id.ts';
import { Absence, type AbsenceEnd } from '../models/absence.ts';

const End = z
  .string()
  .refine(
    (given) => Instant.safeParse(given).success || LocalDate.safeParse(given).success,
    'must be an RFC 3339 instant with an offset, or a date such as 2027-05-10',
  );

/** Both ends as instants, or both as dates: whole days of the doctor's, the last one included. */
export const CreateAbsence = z.strictObject({
  from: End.meta({
    description: 'An instant, or a date on the doctor’s calendar',
    example: '2027-05-10T07:00:00.000Z',
  }),
  to: End.meta({
    description: 'An instant that is no longer part of it, or a date that is',
    example: '2027-05-14T16:00:00.000Z',
  }),
  reason: Absence.shape.reason.default(null).meta({ description: 'For staff; patients are not told' }),
});
export type CreateAbsence = z.output<typeof CreateAbsence>;

/** Reads what `CreateAbsence` has let through. */
export const absenceEnd = (given: string): AbsenceEnd => {
  const instant = Instant.safeParse(given);
  return instant.success ? instant.data : given;
};

export const ListAbsences = PageQuery.extend({ from: Instant.optional(), to: Instant.optional() });
export type ListAbsences = z.output<typeof ListAbsences>;

export const AbsenceParams = z.object({ id: Id, absenceId: Id });

import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';
import { Closure } from '../models/closure.ts';
import { madeByServer } from './catalogue.ts';

const ClosureFields = z.strictObject(Closure.omit(madeByServer).shape);

const outOfOrder = { path: ['endDate'], error: 'must not be before startDate' };

export const CreateClosure = ClosureFields.extend({ locationId: Id.nullable().default(null) }).refine(
  ({ startDate, endDate }) => startDate <= endDate,
  outOfOrder,
);

/** Both dates or neither, so that they can be compared without the row. */
export const UpdateClosure = ClosureFields.partial()
  .refine(({ startDate, endDate }) => (startDate === undefined) === (endDate === undefined), {
    path: ['endDate'],
    error: 'must be given together with startDate',
  })
  .refine(({ startDate = '', endDate = startDate }) => startDate <= endDate, outOfOrder);

export const ListClosures = PageQuery.extend({ from: LocalDate.optional(), to: LocalDate.optional() });
export type ListClosures = z.output<typeof ListClosures>;

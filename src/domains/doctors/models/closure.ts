import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';

/** Whole dates, both ends included, on which the clinic (or one location) is closed. */
export const Closure = z
  .object({
    id: Id,
    startDate: LocalDate,
    endDate: LocalDate,
    name: text(200),
    locationId: Id.nullable(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Closure' });
export type Closure = z.output<typeof Closure>;

import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** A room of a location; an appointment may claim it like a doctor. */
export const Room = z
  .object({
    id: Id,
    name: text(200),
    locationId: Id,
    active: z.boolean(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Room' });
export type Room = z.output<typeof Room>;

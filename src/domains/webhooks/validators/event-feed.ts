import { z } from 'zod';
import { PublicEvent } from '../models/public-event.ts';

export const ReadEvents = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).meta({
    description: 'The sequence of the last event that is known; 0: from the beginning',
  }),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  type: z
    .string()
    .max(1_000)
    .transform((types) => types.split(','))
    .optional()
    .meta({ description: 'Only these types, separated by commas' }),
});
export type ReadEvents = z.output<typeof ReadEvents>;

export const EventPage = z
  .object({
    data: z.array(PublicEvent),
    next: z.int().meta({ description: 'What to ask for `after` the next time' }),
    lastSequence: z
      .int()
      .meta({ description: 'The last event of the clinic: there is more while next is below' }),
  })
  .meta({ id: 'EventPage' });

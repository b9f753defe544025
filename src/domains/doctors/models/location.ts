import { z } from 'zod';
import { Phone, text, TimeZone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** A place where the clinic sees patients. */
export const Location = z
  .object({
    id: Id,
    name: text(200),
    address: text(500),
    timezone: TimeZone,
    phone: Phone.nullable(),
    active: z.boolean(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Location' });
export type Location = z.output<typeof Location>;

import { z } from 'zod';
import { Money, text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const DAY_MINUTES = 24 * 60;

const onGrain = (minutes: z.ZodInt) => minutes.multipleOf(5, 'must be a multiple of 5');
const buffer = onGrain(z.int().min(0).max(DAY_MINUTES));

/** Something that can be booked: how long it takes, what it keeps free around itself, who may book it. */
export const Service = z
  .object({
    id: Id,
    name: text(200),
    durationMinutes: onGrain(z.int().min(5).max(DAY_MINUTES)),
    bufferBeforeMinutes: buffer,
    bufferAfterMinutes: buffer,
    slotIntervalMinutes: onGrain(z.int().min(5).max(DAY_MINUTES)).nullable(),
    capacity: z.int().min(1).max(1000),
    price: Money.nullable(),
    modality: z.enum(['in_person', 'video', 'phone']),
    color: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #3366ff')
      .nullable(),
    requiresConfirmation: z.boolean(),
    bookableByPatients: z.boolean(),
    active: z.boolean(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Service' });
export type Service = z.output<typeof Service>;

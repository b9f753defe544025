import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { Kind } from './kind.ts';

/** What a person is told inside the product. */
export const Notification = z
  .object({
    id: Id,
    kind: Kind,
    title: z.string(),
    body: z.string(),
    /** What it speaks of, where it speaks of a visit. */
    appointmentId: Id.nullable(),
    readAt: Instant.nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'Notification' });
export type Notification = z.output<typeof Notification>;

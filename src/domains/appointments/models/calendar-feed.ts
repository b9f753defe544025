import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** A calendar that a program fetches by a secret address, as its owner sees it: without the secret. */
export const CalendarFeed = z
  .object({
    id: Id,
    scope: z.enum(['doctor', 'patient']),
    doctorId: Id.nullable().meta({ description: 'Whose calendar it is, where the scope is doctor' }),
    createdAt: Instant,
    lastUsedAt: Instant.nullable().meta({ description: 'To the minute' }),
  })
  .meta({ id: 'CalendarFeed' });
/** With the user who made it and for whom it stands. */
export type CalendarFeed = z.output<typeof CalendarFeed> & { readonly userId: string };

/** The answer to its making: the only one that holds the address. */
export const NewCalendarFeed = z
  .object({
    ...CalendarFeed.shape,
    url: z.string().meta({
      description: 'Whoever has it can read the calendar; it is shown once',
      example:
        'https://example.org/api/v1/calendar/AZifbmw6fMGdVw87j4-MHkQ3c0n1vQ2yqE3m7m0yS6Qd0w4Wm8Zl5K1u2r9xT7aB.ics',
    }),
  })
  .meta({ id: 'NewCalendarFeed' });

import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { CalendarFeed } from '../models/calendar-feed.ts';

export const CreateCalendarFeed = z
  .strictObject({
    scope: CalendarFeed.shape.scope,
    doctorId: Id.optional().meta({
      description: 'Whose calendar; a doctor may leave it out for the own one',
    }),
  })
  .refine(({ scope, doctorId }) => scope === 'doctor' || doctorId === undefined, {
    path: ['doctorId'],
    error: 'must be left out: a patient has a calendar of all visits',
  });
export type CreateCalendarFeed = z.output<typeof CreateCalendarFeed>;

export const FeedParams = z.object({ id: Id });

/** Any text may be asked for; what is no secret opens nothing. */
export const SecretParams = z.object({
  secret: z.string().meta({
    description: 'From the url of a feed',
    example: 'AZifbmw6fMGdVw87j4-MHkQ3c0n1vQ2yqE3m7m0yS6Qd0w4Wm8Zl5K1u2r9xT7aB',
  }),
});

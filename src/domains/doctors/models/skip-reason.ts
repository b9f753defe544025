import { z } from 'zod';

/** Why an event gives no closure. */
export const SkipReason = z.enum([
  'not_all_day',
  'cancelled',
  'no_name',
  'unreadable_dates',
  'unsupported_recurrence',
  'outside_period',
]);
export type SkipReason = z.output<typeof SkipReason>;

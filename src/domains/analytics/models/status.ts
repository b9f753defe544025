import { z } from 'zod';

/** How far an appointment has come. */
export const VisitStatus = z.enum([
  'pending',
  'confirmed',
  'checked_in',
  'in_progress',
  'completed',
  'cancelled',
  'no_show',
]);
export type VisitStatus = z.output<typeof VisitStatus>;

/** The visit took place, or is still expected to. Sums ask the same in SQL. */
export const isKept = (status: VisitStatus): boolean => status !== 'cancelled' && status !== 'no_show';

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

/** The patient came. */
export const hasCome = (status: VisitStatus): boolean =>
  status === 'checked_in' || status === 'in_progress' || status === 'completed';

/** The visit took place, or is still expected to. */
export const isKept = (status: VisitStatus): boolean => status !== 'cancelled' && status !== 'no_show';

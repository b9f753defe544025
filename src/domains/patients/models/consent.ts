import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

export const ConsentKind = z.enum([
  'treatment',
  'data_processing',
  'data_sharing',
  'telemedicine',
  'reminders',
  'marketing',
  'research',
]);

/** What a patient said about one thing, and when. Nothing is ever overwritten; the latest of a kind holds. */
export const Consent = z
  .object({
    id: Id,
    patientId: Id,
    kind: ConsentKind,
    status: z.enum(['given', 'withdrawn']),
    recordedAt: Instant,
    recordedBy: Id,
  })
  .meta({ id: 'Consent' });
export type Consent = z.output<typeof Consent>;

import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** Something that stays, and why it has to. `until` is null where it stays for good. */
export const KeptThing = z.object({
  what: z.enum([
    'appointments',
    'medical_info',
    'medical_notes',
    'consents',
    'medical_record_number',
    'audit_trail',
  ]),
  count: z.int(),
  why: z.string(),
  until: Instant.nullable(),
});
export type KeptThing = z.output<typeof KeptThing>;

/** What an erasure did. Asking again tells what is kept by then. */
export const Erasure = z
  .object({
    patientId: Id,
    erasedAt: Instant,
    /** How many appointments to come were cancelled. */
    cancelledAppointments: z.int(),
    erased: z.array(
      z.enum([
        'profile',
        'account',
        'guardians',
        'waitlist',
        'appointment_notes',
        'medical_info',
        'medical_notes',
      ]),
    ),
    kept: z.array(KeptThing),
  })
  .meta({ id: 'PatientErasure' });
export type Erasure = z.output<typeof Erasure>;

/** When the next of what is kept may go; none where it is kept for good, or has been let go. */
export const nextDue = (kept: readonly KeptThing[], now: Date): Date | null =>
  kept
    .flatMap(({ until }) => (until !== null && until > now ? [until] : []))
    .toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;

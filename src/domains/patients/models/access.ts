import { z } from 'zod';
import { roles } from '../../../shared/config/permissions.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** What leaves a trace that the patient can see: each way to read, or to open, a record. */
export const Viewing = z.enum([
  'patient.viewed',
  'patient.timeline_viewed',
  'patient.medical_info_viewed',
  'medical_note.listed',
  'medical_note.read',
  'medical_note.printed',
  'medical_note.attachments_listed',
  'medical_note.attachment_linked',
  'medical_note.attachment_downloaded',
  'patient.exported',
  'patient.opened_by_break_glass',
]);
export type Viewing = z.output<typeof Viewing>;

/** Somebody who read a patient's record. */
export const AccessEntry = z
  .object({
    id: Id,
    occurredAt: Instant,
    actorId: Id.nullable(),
    actorName: z.string().nullable(),
    actorRole: z.enum(roles).nullable(),
    action: Viewing,
    /** Whether the record was open to the reader only because they had broken the glass. */
    breakGlass: z.boolean(),
  })
  .meta({ id: 'PatientAccess' });
export type AccessEntry = z.output<typeof AccessEntry>;

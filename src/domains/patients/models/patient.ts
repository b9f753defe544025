import { z } from 'zod';
import { Email, Language, Phone, text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const EARLIEST_BIRTH = '1875-01-01';
const HOURS_AHEAD_OF_UTC = 14;

export const DateOfBirth = z.iso
  .date('must be a date such as 1990-04-23')
  .refine((date) => date >= EARLIEST_BIRTH, `must not be before ${EARLIEST_BIRTH}`)
  .meta({ example: '1990-04-23' });

export const EmergencyContact = z
  .strictObject({ name: text(200), phone: Phone, relationship: text(100).optional() })
  .meta({ id: 'EmergencyContact' });

/** A person whom the clinic treats. Medical information is kept apart from it. */
export const Patient = z
  .object({
    id: Id,
    /** The account of the patient, where they have one. */
    userId: Id.nullable(),
    medicalRecordNumber: z.string().meta({ example: 'P-000001' }),
    firstName: text(100),
    lastName: text(100),
    /** Null only where a patient signed up without it. */
    dateOfBirth: DateOfBirth.nullable(),
    sex: z.enum(['female', 'male', 'other', 'unknown']).nullable(),
    email: Email.nullable(),
    phone: Phone.nullable(),
    address: text(500).nullable(),
    preferredLanguage: Language.nullable(),
    emergencyContact: EmergencyContact.nullable(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Patient' });
export type Patient = z.output<typeof Patient>;

/** Whether nowhere on Earth it is that date yet. */
export const isFutureDate = (date: string, now: Date): boolean =>
  date > new Date(now.getTime() + HOURS_AHEAD_OF_UTC * 3_600_000).toISOString().slice(0, 10);

/** `P-000001`: six digits at least, so that numbers sort as text for the first million patients. */
export const medicalRecordNumber = (count: number): string => `P-${String(count).padStart(6, '0')}`;

import type { Patient } from './patient.ts';

/** Why two records cannot become one. */
export type MergeConflict =
  | {
      readonly kind: 'appointments';
      readonly appointmentId: string;
      readonly duplicateAppointmentId: string;
    }
  | { readonly kind: 'blood_type' };

const mayBeMissing = [
  'dateOfBirth',
  'sex',
  'email',
  'phone',
  'address',
  'preferredLanguage',
  'emergencyContact',
] as const satisfies (keyof Patient)[];

/** What only the duplicate knows. */
export const filledUp = (survivor: Patient, duplicate: Patient): Partial<Patient> =>
  Object.fromEntries(
    mayBeMissing.filter((field) => survivor[field] === null).map((field) => [field, duplicate[field]]),
  );

import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const MAX_ENTRIES = 200;
const entries = (example: string) =>
  z
    .array(text(500))
    .max(MAX_ENTRIES)
    .meta({ example: [example] });

/** What is kept encrypted. */
export const MedicalContent = z.strictObject({
  bloodType: z.enum(['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', '0+', '0-', 'O+', 'O-']).nullable(),
  allergies: entries('Penicillin'),
  conditions: entries('Asthma'),
  medications: entries('Salbutamol 100 µg as needed'),
});
export type MedicalContent = z.output<typeof MedicalContent>;

/** What has to be known of a patient before they are treated. Version 0: nothing has been written yet. */
export const MedicalInfo = z
  .object({
    patientId: Id,
    ...MedicalContent.shape,
    version: z.int(),
    updatedAt: Instant.nullable(),
    updatedBy: Id.nullable(),
  })
  .meta({ id: 'MedicalInfo' });
export type MedicalInfo = z.output<typeof MedicalInfo>;

export const noMedicalInfo = (patientId: string): MedicalInfo => ({
  patientId,
  bloodType: null,
  allergies: [],
  conditions: [],
  medications: [],
  version: 0,
  updatedAt: null,
  updatedBy: null,
});

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];

/** Everything that either says. Where both say a blood type and not the same, nobody but a doctor can tell: `undefined`. */
export const joined = (a: MedicalContent, b: MedicalContent): MedicalContent | undefined => {
  if (a.bloodType !== null && b.bloodType !== null && a.bloodType !== b.bloodType) return undefined;
  return {
    bloodType: a.bloodType ?? b.bloodType,
    allergies: union(a.allergies, b.allergies),
    conditions: union(a.conditions, b.conditions),
    medications: union(a.medications, b.medications),
  };
};

import type { z } from 'zod';
import { MedicalContent } from '../models/medical-info.ts';

/** The whole of it: what is left out is none. */
export const WriteMedicalInfo = MedicalContent.extend({
  bloodType: MedicalContent.shape.bloodType.default(null),
  allergies: MedicalContent.shape.allergies.default([]),
  conditions: MedicalContent.shape.conditions.default([]),
  medications: MedicalContent.shape.medications.default([]),
});
export type WriteMedicalInfo = z.output<typeof WriteMedicalInfo>;

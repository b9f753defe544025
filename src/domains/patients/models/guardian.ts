import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

export const Relationship = z.enum(['parent', 'legal_guardian', 'carer', 'spouse', 'other']);

/** Somebody who acts for a patient: books, sees, moves and cancels their visits. Is a patient of the clinic as well. */
export const Guardian = z
  .object({
    guardianId: Id,
    patientId: Id,
    firstName: z.string(),
    lastName: z.string(),
    relationship: Relationship,
    createdAt: Instant,
  })
  .meta({ id: 'Guardian' });
export type Guardian = z.output<typeof Guardian>;

/** A patient for whom another one acts. */
export const Dependant = z
  .object({
    patientId: Id,
    firstName: z.string(),
    lastName: z.string(),
    dateOfBirth: z.iso.date().nullable(),
    relationship: Relationship,
    createdAt: Instant,
  })
  .meta({ id: 'Dependant' });
export type Dependant = z.output<typeof Dependant>;

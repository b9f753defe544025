import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';

const OfPatient = z.object({ patientId: Id });

/** Who was concerned, and no more: what is known of them is read over the API, where reading leaves a trace. */
export const patientEvents = {
  'patient.created': { version: 1, summary: 'A patient was entered', data: OfPatient },
  'patient.updated': { version: 1, summary: 'The profile of a patient changed', data: OfPatient },
  'patient.deleted': { version: 1, summary: 'A patient was removed', data: OfPatient },
} as const satisfies EventCatalogue;

import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { Consent, ConsentKind } from './models/consent.ts';

const OfPatient = z.object({ patientId: Id });

/** Who was concerned, and no more: what is known of them is read over the API, where reading leaves a trace. */
export const patientEvents = {
  'patient.created': { version: 1, summary: 'A patient was entered', data: OfPatient },
  'patient.updated': { version: 1, summary: 'The profile of a patient changed', data: OfPatient },
  'patient.deleted': { version: 1, summary: 'A patient was removed', data: OfPatient },
  'patient.merged': {
    version: 1,
    summary: 'Two records of one person became one: the duplicate is gone',
    data: OfPatient.extend({ duplicateId: Id }),
  },
  'patient.erased': { version: 1, summary: 'A patient was erased as far as the law allows', data: OfPatient },
  'patient.guardian_added': {
    version: 1,
    summary: 'Somebody acts for a patient',
    data: OfPatient.extend({ guardianId: Id }),
  },
  'patient.guardian_removed': {
    version: 1,
    summary: 'Somebody acts for a patient no longer',
    data: OfPatient.extend({ guardianId: Id }),
  },
  'patient.consent_recorded': {
    version: 1,
    summary: 'A patient gave or withdrew a consent',
    data: OfPatient.extend({ kind: ConsentKind, status: Consent.shape.status }),
  },
  'patient.medical_info_changed': {
    version: 1,
    summary: 'The medical information of a patient changed',
    data: OfPatient,
  },
  'patient.record_opened_by_break_glass': {
    version: 1,
    summary: 'A doctor opened the record of a patient whom they do not treat',
    data: OfPatient.extend({ openingId: Id, userId: Id, expiresAt: z.iso.datetime() }),
  },
} as const satisfies EventCatalogue;

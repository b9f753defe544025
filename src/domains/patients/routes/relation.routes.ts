import { z } from 'zod';
import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { RelationController } from '../controllers/relation.controller.ts';
import { AccessEntry } from '../models/access.ts';
import { Consent } from '../models/consent.ts';
import { Dependant, Guardian } from '../models/guardian.ts';
import { Opening } from '../models/opening.ts';
import { patientProblems } from '../problems.ts';
import { PatientParams } from '../validators/patient.ts';
import {
  AddGuardian,
  BreakGlass,
  GuardianParams,
  ListConsents,
  RecordConsent,
} from '../validators/relations.ts';

const { patient_not_found, already_guardian, guardian_not_found } = patientProblems;

/** Who acts for a patient, what they agreed to, and who has read their record. */
export const relationRoutes = (controller: RelationController): RouteGroup => ({
  tag: 'Patients',
  base: '/patients',
  routes: [
    route({
      method: 'get',
      path: '/:id/guardians',
      summary: 'List who acts for the patient',
      access: 'patients:read',
      params: PatientParams,
      response: [200, z.object({ data: z.array(Guardian) })],
      problems: [patient_not_found],
      handle: controller.guardians,
    }),
    route({
      method: 'post',
      path: '/:id/guardians',
      summary: 'Let somebody act for the patient',
      description:
        'From then on the guardian sees the record and the visits of the patient, and books, moves and cancels them by naming the patient as patientId.',
      access: 'patients:manage',
      params: PatientParams,
      body: AddGuardian,
      response: [201, Guardian],
      problems: [patient_not_found, already_guardian],
      handle: controller.addGuardian,
    }),
    route({
      method: 'delete',
      path: '/:id/guardians/:guardianId',
      summary: 'Let somebody act for the patient no longer; takes effect at once',
      access: 'patients:manage',
      params: GuardianParams,
      response: [204],
      problems: [patient_not_found, guardian_not_found],
      handle: controller.removeGuardian,
    }),
    route({
      method: 'get',
      path: '/:id/dependants',
      summary: 'List for whom the patient acts',
      access: 'patients:read',
      params: PatientParams,
      response: [200, z.object({ data: z.array(Dependant) })],
      problems: [patient_not_found],
      handle: controller.dependants,
    }),
    route({
      method: 'get',
      path: '/:id/consents',
      summary: 'List what the patient has agreed to or withdrawn, the latest first',
      access: 'patients:read',
      params: PatientParams,
      query: ListConsents,
      response: [200, pageOf(Consent)],
      problems: [patient_not_found],
      handle: controller.consents,
    }),
    route({
      method: 'post',
      path: '/:id/consents',
      summary: 'Record that a consent was given or withdrawn; what was recorded before stays',
      access: 'patients:write',
      params: PatientParams,
      body: RecordConsent,
      response: [201, Consent],
      problems: [patient_not_found],
      handle: controller.recordConsent,
    }),
    route({
      method: 'post',
      path: '/:id/break-glass',
      summary: 'Open the record of somebody you do not treat, in an emergency, for an hour',
      description:
        'Needs no more than a reason. The administrators of the clinic are told at once, and the patient sees it in their access log. The record can be read, not written.',
      access: 'patients:break_glass',
      params: PatientParams,
      body: BreakGlass,
      response: [201, Opening],
      problems: [patient_not_found],
      handle: controller.breakGlass,
    }),
    route({
      method: 'get',
      path: '/:id/break-glass',
      summary: 'List who opened the record in an emergency, and why, the latest first',
      access: 'patients:audit',
      params: PatientParams,
      query: PageQuery,
      response: [200, pageOf(Opening)],
      problems: [patient_not_found],
      handle: controller.openings,
    }),
    route({
      method: 'get',
      path: '/:id/access-log',
      summary: 'List who has read the record, the latest first',
      access: 'patients:audit',
      params: PatientParams,
      query: PageQuery,
      response: [200, pageOf(AccessEntry)],
      problems: [patient_not_found],
      handle: controller.accessLog,
    }),
  ],
});

import { FileBytes } from '../../../shared/types/file.ts';
import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { PatientController } from '../controllers/patient.controller.ts';
import { Erasure } from '../models/erasure.ts';
import { MedicalInfo } from '../models/medical-info.ts';
import { Patient } from '../models/patient.ts';
import { patientProblems } from '../problems.ts';
import { TimelineEntry } from '../models/timeline.ts';
import { WriteMedicalInfo } from '../validators/medical-info.ts';
import {
  CreatePatient,
  CreateQuery,
  ListPatients,
  PatientParams,
  UpdatePatient,
} from '../validators/patient.ts';
import { MergePatients } from '../validators/relations.ts';

const { patient_not_found, patient_merged, possible_duplicate, upcoming_appointments, merge_conflict } =
  patientProblems;
const { version_conflict } = commonProblems;

export const patientRoutes = (controller: PatientController): RouteGroup => {
  const change = (method: 'patch' | 'put') =>
    route({
      method,
      path: '/:id',
      summary: 'Change a patient, or as a patient yourself; fields that are not given stay',
      access: 'patients:write',
      params: PatientParams,
      body: UpdatePatient,
      response: [200, Patient],
      problems: [patient_not_found, version_conflict],
      handle: controller.update,
    });
  return {
    tag: 'Patients',
    base: '/patients',
    routes: [
      route({
        method: 'post',
        path: '/',
        summary: 'Add a patient; the record number is made here',
        description:
          'Where somebody like that is there, nothing is added and candidates tells who: the same name and birth date, phone or email address.',
        access: 'patients:write',
        query: CreateQuery,
        body: CreatePatient,
        response: [201, Patient],
        problems: [possible_duplicate],
        handle: controller.create,
      }),
      route({
        method: 'get',
        path: '/',
        summary: 'Find patients; doctors see those they treat, patients themselves and those they act for',
        access: 'patients:read',
        query: ListPatients,
        response: [200, pageOf(Patient)],
        handle: controller.list,
      }),
      route({
        method: 'get',
        path: '/:id',
        summary: 'Get a patient',
        access: 'patients:read',
        params: PatientParams,
        response: [200, Patient],
        problems: [patient_not_found, patient_merged],
        handle: controller.get,
      }),
      change('patch'),
      change('put'),
      route({
        method: 'delete',
        path: '/:id',
        summary: 'Remove a patient; the appointments of the past stay',
        access: 'patients:write',
        params: PatientParams,
        response: [204],
        problems: [patient_not_found, upcoming_appointments, version_conflict],
        handle: controller.remove,
      }),
      route({
        method: 'post',
        path: '/:id/merge',
        summary: 'Make one record of two that are of the same person',
        description:
          'Everything of the duplicate goes to the patient: appointments, waitlist, relations, consents, medical information. What the patient’s record does not say is taken from the duplicate. The duplicate’s id leads to the patient from then on. Where both have accounts, the patient’s stays and the duplicate’s is closed.',
        access: 'patients:manage',
        params: PatientParams,
        body: MergePatients,
        response: [200, Patient],
        problems: [patient_not_found, merge_conflict, version_conflict],
        handle: controller.merge,
      }),
      route({
        method: 'post',
        path: '/:id/erase',
        summary: 'Erase a patient, as far as the law lets a clinic forget',
        description:
          'The profile becomes anonymous, the account is closed, appointments to come are cancelled. What has to be kept is listed with the reason and until when; it goes by itself then. The years are in the settings of the clinic: appointmentRetentionYears, medicalRecordRetentionYears. Cannot be undone; may be repeated.',
        access: 'patients:erase',
        params: PatientParams,
        response: [200, Erasure],
        problems: [patient_not_found],
        handle: controller.erase,
      }),
      route({
        method: 'get',
        path: '/:id/export',
        summary: 'Export everything that is known of a patient, as a ZIP archive',
        description:
          'patient.json has the profile and all that belongs to it; notes/ has each signed note as JSON and as a PDF, with its attachments; manifest.json has the SHA-256 of every file, and names what was left out because the caller may not read it. The archive is made while it is sent. The patient sees the export in the access log.',
        access: 'patients:export',
        rateClass: 'export',
        params: PatientParams,
        response: [200, FileBytes],
        mediaType: ['application/zip'],
        problems: [patient_not_found],
        handle: controller.export,
      }),
      route({
        method: 'get',
        path: '/:id/timeline',
        summary: 'Read what happened in the life of the record, the latest first',
        access: 'patients:read',
        params: PatientParams,
        query: PageQuery,
        response: [200, pageOf(TimelineEntry)],
        problems: [patient_not_found],
        handle: controller.timeline,
      }),
      route({
        method: 'get',
        path: '/:id/medical-info',
        summary: 'Read blood type, allergies, conditions and medications',
        access: 'medical_info:read',
        params: PatientParams,
        response: [200, MedicalInfo],
        problems: [patient_not_found],
        handle: controller.medicalInfo,
      }),
      route({
        method: 'put',
        path: '/:id/medical-info',
        summary: 'Write blood type, allergies, conditions and medications; what is left out is none',
        access: 'medical_info:write',
        params: PatientParams,
        body: WriteMedicalInfo,
        response: [200, MedicalInfo],
        problems: [patient_not_found, version_conflict],
        handle: controller.writeMedicalInfo,
      }),
    ],
  };
};

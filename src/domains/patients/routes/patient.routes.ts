import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { PatientController } from '../controllers/patient.controller.ts';
import { Patient } from '../models/patient.ts';
import { patientProblems } from '../problems.ts';
import { CreatePatient, ListPatients, PatientParams, UpdatePatient } from '../validators/patient.ts';

const { patient_not_found } = patientProblems;
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
        access: 'patients:write',
        body: CreatePatient,
        response: [201, Patient],
        handle: controller.create,
      }),
      route({
        method: 'get',
        path: '/',
        summary: 'List the patients; doctors see those they treat, patients themselves',
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
        problems: [patient_not_found],
        handle: controller.get,
      }),
      change('patch'),
      change('put'),
      route({
        method: 'delete',
        path: '/:id',
        summary: 'Remove a patient; the appointments stay',
        access: 'patients:write',
        params: PatientParams,
        response: [204],
        problems: [patient_not_found, version_conflict],
        handle: controller.remove,
      }),
    ],
  };
};

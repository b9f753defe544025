import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { ImportController } from '../controllers/import.controller.ts';
import { PatientImport } from '../models/import.ts';
import { patientProblems } from '../problems.ts';
import { ImportParams, ImportPatients } from '../validators/import.ts';

export const importRoutes = (controller: ImportController): RouteGroup => ({
  tag: 'Patients',
  base: '/patients/import',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Bring patients from elsewhere, as a CSV text',
      description:
        'Without dryRun: false nobody is added. Every row is checked first, and where one has an error nobody is added at all. Whoever seems to be there already is left out and reported, so that a list may be imported again. More than 100 rows are dealt with in the background: ask for the import until finishedAt is set.',
      access: 'patients:manage',
      body: ImportPatients,
      bodyMiB: 8,
      response: [201, PatientImport],
      handle: controller.start,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get an import: how far it is, and what came of it',
      access: 'patients:manage',
      params: ImportParams,
      response: [200, PatientImport],
      problems: [patientProblems.import_not_found],
      handle: controller.get,
    }),
  ],
});

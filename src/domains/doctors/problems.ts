import { problemCatalogue } from '../../shared/utils/errors.ts';

export const doctorProblems = problemCatalogue({
  service_not_found: {
    status: 404,
    title: 'No such service',
    advice: 'GET /services lists the services of the clinic.',
  },
  doctor_not_found: {
    status: 404,
    title: 'No such doctor',
    advice: 'GET /doctors lists the doctors of the clinic.',
  },
  location_not_found: {
    status: 404,
    title: 'No such location',
    advice: 'GET /locations lists the locations of the clinic.',
  },
});

import { problemCatalogue } from '../../shared/utils/errors.ts';

export const patientProblems = problemCatalogue({
  patient_not_found: {
    status: 404,
    title: 'No such patient',
    advice: 'GET /patients lists the patients that you may see.',
  },
});

import { problemCatalogue } from '../../shared/utils/errors.ts';

export const patientProblems = problemCatalogue({
  patient_not_found: {
    status: 404,
    title: 'No such patient',
    advice: 'GET /patients lists the patients that you may see.',
  },
  patient_merged: {
    status: 308,
    title: 'The record was merged into another',
    advice: 'Follow Location, and keep the new id.',
  },
  possible_duplicate: {
    status: 409,
    title: 'A record of that person seems to be there',
    advice: 'Use one of the candidates; if it is somebody else, send the request again with ?force=true.',
  },
  upcoming_appointments: {
    status: 409,
    title: 'The patient has appointments to come',
    advice: 'Cancel them first; they are listed in appointments.',
  },
  merge_conflict: {
    status: 409,
    title: 'The two records contradict each other',
    advice: 'Settle each of the conflicts, then merge again.',
  },
  already_guardian: {
    status: 409,
    title: 'That person is a guardian of the patient already',
    advice: 'Remove the guardian first to change the relationship.',
  },
  import_not_found: {
    status: 404,
    title: 'No such import',
    advice: 'POST /patients/import answers the id of an import.',
  },
  guardian_not_found: {
    status: 404,
    title: 'No such guardian',
    advice: 'GET /patients/:id/guardians lists those of a patient.',
  },
});

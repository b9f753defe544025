import type { Tx } from '../../../database/db.ts';
import { type Clinic, updateClinic } from '../repositories/clinic.repository.ts';
import { listDates, sumUpBetween } from '../repositories/roll-up.repository.ts';
import { listSubjects } from '../repositories/source-event.repository.ts';
import { deleteVisitsBesides, listPatientsBetween } from '../repositories/visit.repository.ts';
import { projectSubjects } from './subject-figures.ts';
import { markFirstVisitsOf } from './visit-figures.ts';

export const BEFORE_ALL_SUBJECTS = '00000000-0000-0000-0000-000000000000';
const BEHIND_ALL_SUBJECTS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const BEFORE_ALL_DATES = '1000-01-01';
const SUBJECTS_AT_ONCE = 200;
const DATES_AT_ONCE = 14;

/**
 * Makes one part of a clinic's figures anew and writes down how far that has come: first what each subject is, then what
 * every date amounts to. Figures stay readable all the while, and events go on to be taken in between.
 */
export const rebuildPart = (tx: Tx, clinic: Clinic, now: Date): Promise<void> =>
  clinic.rebuiltSubject !== null
    ? rebuildSubjects(tx, clinic, clinic.rebuiltSubject, now)
    : rebuildDates(tx, clinic);

const rebuildSubjects = async (tx: Tx, clinic: Clinic, after: string, now: Date) => {
  const subjectIds = await listSubjects(tx, after, SUBJECTS_AT_ONCE);
  await projectSubjects(tx, subjectIds, { timezone: clinic.timezone, now });
  const last = subjectIds.length < SUBJECTS_AT_ONCE ? undefined : subjectIds.at(-1);
  const range = { after, until: last ?? BEHIND_ALL_SUBJECTS };
  // Also of those whose visits are forgotten: one of them may have been marked.
  const patientIds = await listPatientsBetween(tx, range);
  await deleteVisitsBesides(tx, subjectIds, range);
  await markFirstVisitsOf(tx, patientIds);
  await updateClinic(tx, {
    ...clinic,
    rebuiltSubject: last ?? null,
    rebuiltDate: last === undefined ? BEFORE_ALL_DATES : null,
  });
};

const rebuildDates = async (tx: Tx, clinic: Clinic) => {
  const dates = await listDates(tx, clinic.rebuiltDate ?? BEFORE_ALL_DATES, DATES_AT_ONCE);
  const [first, last] = [dates[0], dates.at(-1)];
  if (first !== undefined && last !== undefined) {
    await sumUpBetween(tx, { first, last });
  }
  await updateClinic(tx, { ...clinic, rebuiltDate: dates.length < DATES_AT_ONCE ? null : (last ?? null) });
};

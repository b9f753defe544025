import { isKept, type VisitStatus } from './status.ts';

/** A visit, and whether it is marked as the first of its patient. */
export type MarkedVisit = {
  readonly id: string;
  readonly patientId: string;
  readonly startsAt: Date;
  readonly status: VisitStatus;
  readonly firstVisit: boolean;
};

/** The first visit of each patient that was neither cancelled nor missed; of two at one time, that of the lower id. */
const firstsOf = (visits: readonly MarkedVisit[]): ReadonlySet<string> => {
  const firsts = new Map<string, MarkedVisit>();
  for (const visit of visits.filter(({ status }) => isKept(status))) {
    const known = firsts.get(visit.patientId);
    const order = known ? visit.startsAt.getTime() - known.startsAt.getTime() : -1;
    if (order < 0 || (order === 0 && known && visit.id < known.id)) firsts.set(visit.patientId, visit);
  }
  return new Set([...firsts.values()].map(({ id }) => id));
};

/** Which of all visits of some patients are to be marked as the first, and which not any more. */
export const firstVisitChanges = (visits: readonly MarkedVisit[]): { mark: string[]; unmark: string[] } => {
  const firsts = firstsOf(visits);
  const idsOf = (marked: boolean) =>
    visits
      .filter(({ id, firstVisit }) => firsts.has(id) === marked && firstVisit !== marked)
      .map(({ id }) => id);
  return { mark: idsOf(true), unmark: idsOf(false) };
};

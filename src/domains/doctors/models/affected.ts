import { contains, overlaps } from '../../../shared/time/interval.ts';
import type { AffectedAppointment } from './availability.ts';
import { closedTime, type Schedule, workingSessions } from './working-time.ts';

/**
 * The visits of one doctor that lie within working time by `before`, but no longer by `after`; those outside already are
 * left alone. Hours without a location are worked wherever the visit is; a visit where it is closed is not worked.
 */
export const affectedBy = (
  visits: readonly AffectedAppointment[],
  before: Schedule,
  after: Schedule,
): AffectedAppointment[] => {
  if (visits.length === 0) return [];
  const wasWorked = isWorkedBy(before, visits);
  const isStillWorked = isWorkedBy(after, visits);
  return visits.filter((visit) => wasWorked(visit) && !isStillWorked(visit));
};

const isWorkedBy = (schedule: Schedule, visits: readonly AffectedAppointment[]) => {
  const window = spanOf(visits);
  const sessionsFor = new Map(
    [...new Set(visits.map(({ serviceId }) => serviceId))].map((serviceId) => [
      serviceId,
      workingSessions(schedule, window, serviceId),
    ]),
  );
  return (visit: AffectedAppointment): boolean => {
    const time = timeOf(visit);
    const isOpen = !closedTime(schedule, visit.locationId).some((closed) => overlaps(closed, time));
    return (
      isOpen &&
      (sessionsFor.get(visit.serviceId) ?? []).some(
        (session) => contains(session, time) && isSamePlace(session.locationId, visit.locationId),
      )
    );
  };
};

/** Either may leave the place open. */
const isSamePlace = (one: string | null, other: string | null): boolean =>
  one === null || other === null || one === other;

const timeOf = ({ startsAt, endsAt }: AffectedAppointment) => ({
  start: startsAt.getTime(),
  end: endsAt.getTime(),
});

/** From the first start to the last end, in epoch milliseconds; at least one visit is given. */
export const spanOf = (visits: readonly AffectedAppointment[]) => ({
  start: Math.min(...visits.map(({ startsAt }) => startsAt.getTime())),
  end: Math.max(...visits.map(({ endsAt }) => endsAt.getTime())),
});

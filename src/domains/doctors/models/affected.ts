import { contains } from '../../../shared/time/interval.ts';
import type { AffectedAppointment } from './availability.ts';
import { type Schedule, workingSessions } from './working-time.ts';

/** The visits that lie within working time by `before`, but no longer by `after`; those outside already are left alone. */
export const affectedBy = (
  visits: readonly AffectedAppointment[],
  before: Schedule,
  after: Schedule,
): AffectedAppointment[] => {
  if (visits.length === 0) return [];
  const window = {
    start: Math.min(...visits.map(({ startsAt }) => startsAt.getTime())),
    end: Math.max(...visits.map(({ endsAt }) => endsAt.getTime())),
  };
  const isWorked = (schedule: Schedule) => {
    const sessionsFor = new Map(
      [...new Set(visits.map(({ serviceId }) => serviceId))].map((serviceId) => [
        serviceId,
        workingSessions(schedule, window, serviceId),
      ]),
    );
    return ({ serviceId, startsAt, endsAt }: AffectedAppointment) => {
      const visit = { start: startsAt.getTime(), end: endsAt.getTime() };
      return (sessionsFor.get(serviceId) ?? []).some((session) => contains(session, visit));
    };
  };
  const wasWorked = isWorked(before);
  const isStillWorked = isWorked(after);
  return visits.filter((visit) => wasWorked(visit) && !isStillWorked(visit));
};

import { contains, type Interval } from '../../../shared/time/interval.ts';
import { type Schedule, workingSessions } from './working-time.ts';

/** What takes a time away that the weekly hours would give. */
export type Departure = 'closed' | 'other_hours' | 'absent';

/**
 * Every reason, not just the first, why a visit is not worked at `visit` (epoch milliseconds) that the weekly hours of the
 * service alone would hold; none where they would not.
 */
export const departuresAt = (schedule: Schedule, visit: Interval, serviceId: string): Departure[] => {
  const weekly: Schedule = { ...schedule, closures: [], overrides: [], absences: [] };
  const isWorked = (only: Partial<Schedule>): boolean =>
    workingSessions({ ...weekly, ...only }, visit, serviceId).some((session) => contains(session, visit));
  if (!isWorked({})) return [];
  const { closures, overrides, absences = [] } = schedule;
  const isMovedToClosed = isWorked({ overrides }) && !isWorked({ overrides, closures });
  return [
    ...(isMovedToClosed || !isWorked({ closures }) ? (['closed'] as const) : []),
    ...(isWorked({ overrides }) ? [] : (['other_hours'] as const)),
    ...(isWorked({ absences }) ? [] : (['absent'] as const)),
  ];
};

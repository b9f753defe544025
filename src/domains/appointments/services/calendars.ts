import type { Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { type GroupVisit, idsOfEmpty } from '../models/group-visit.ts';
import { listBusyOf, readDoctorCalendar } from '../repositories/claim.repository.ts';
import { listGroups } from '../repositories/group.repository.ts';

/** `except` is an appointment that does not block its own move. */
type Question = { readonly now: Date; readonly except?: string | undefined };

/** The calendars of doctors: their group visits, and what is busy by doctor, ascending and merged. */
export type Calendars = {
  readonly groups: readonly GroupVisit[];
  readonly busy: ReadonlyMap<string, readonly Interval[]>;
};

/** What doctors have in `span` (epoch milliseconds). Group visits that nobody is in any more do not count. */
export const readCalendars = async (
  db: Db,
  doctorIds: readonly string[],
  span: Interval,
  { now, except }: Question,
): Promise<Calendars> => {
  const [doctorId] = doctorIds;
  if (doctorId !== undefined && doctorIds.length === 1 && except === undefined) {
    const { busy, groupCount } = await readDoctorCalendar(db, doctorId, span, now);
    if (groupCount === 0) return { groups: [], busy: new Map([[doctorId, busy]]) };
  }
  const groups = await listGroups(db, doctorIds, span, { now, except });
  const holders = [...idsOfEmpty(groups), ...(except === undefined ? [] : [except])];
  return { groups, busy: await listBusyOf(db, doctorIds, span, { now, holders }) };
};

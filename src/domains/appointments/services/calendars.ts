import type { Db } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { type GroupVisit, idsOfEmpty } from '../models/group-visit.ts';
import { listBusyOf, readDoctorCalendars } from '../repositories/claim.repository.ts';
import { listGroups } from '../repositories/group.repository.ts';

/** `except` is an appointment that does not block its own move. */
type Question = { readonly now: Date; readonly except?: string | undefined };

/** Under which version a calendar may be remembered, and until when (epoch milliseconds). */
export type Edition = { readonly version: string | null; readonly expiresAt: number };

/** The calendars of doctors: their group visits, and what is busy by doctor, ascending and merged. */
export type Calendars = {
  readonly groups: readonly GroupVisit[];
  readonly busy: ReadonlyMap<string, readonly Interval[]>;
  /** Of the doctors without group visits: a seat there becomes free without anybody's doing when a hold expires. */
  readonly editions: ReadonlyMap<string, Edition>;
};

/** What doctors have in `span` (epoch milliseconds). Group visits that nobody is in any more do not count. */
export const readCalendars = async (
  db: Db,
  doctorIds: readonly string[],
  span: Interval,
  { now, except }: Question,
): Promise<Calendars> => {
  if (except !== undefined) return lookInto(db, doctorIds, span, { now, except });
  const readings = [...(await readDoctorCalendars(db, doctorIds, span, now))];
  const simple = readings.filter(([, { groupCount }]) => groupCount === 0);
  const others = readings.filter(([, { groupCount }]) => groupCount > 0).map(([doctorId]) => doctorId);
  const { groups, busy } = await lookInto(db, others, span, { now });
  return {
    groups,
    busy: new Map([...simple.map(([doctorId, reading]) => [doctorId, reading.busy] as const), ...busy]),
    editions: new Map(simple),
  };
};

/** The calendars of doctors who may have group visits. */
const lookInto = async (
  db: Db,
  doctorIds: readonly string[],
  span: Interval,
  { now, except }: Question,
): Promise<Calendars> => {
  if (doctorIds.length === 0) return { groups: [], busy: new Map(), editions: new Map() };
  const groups = await listGroups(db, doctorIds, span, { now, except });
  const holders = [...idsOfEmpty(groups), ...(except === undefined ? [] : [except])];
  const busy = await listBusyOf(db, doctorIds, span, { now, holders });
  return { groups, busy, editions: new Map() };
};

import { LRUCache } from 'lru-cache';
import type { Db } from '../../../database/db.ts';
import { findVersions, type Versions } from '../../../database/find-versions.ts';
import { type Bookable, type BookableFilter, listBookable } from '../repositories/bookable.repository.ts';

type Remembered = { readonly version: string; readonly bookables: readonly Bookable[] };

const REMEMBERED_BOOKABLES = 50_000;
/** What somebody changes by hand, past the server, shows after that. */
const REMEMBERED_MS = 60_000;

const memory = new LRUCache<string, Remembered>({
  maxSize: REMEMBERED_BOOKABLES,
  sizeCalculation: ({ bookables }) => bookables.length,
  ttl: REMEMBERED_MS,
});

const asOf = ({ bookables }: Remembered, { schedules, calendars }: Versions): Bookable[] =>
  bookables.map((bookable) => ({
    ...bookable,
    scheduleVersion: schedules,
    calendarVersion: calendars.get(bookable.doctorId) ?? null,
  }));

/**
 * {@link listBookable}, from memory where no schedule of the tenant has changed. The versions of schedules and calendars are read for
 * each question anew.
 */
export const recallBookables = async (
  db: Db,
  filter: BookableFilter,
  limit: number,
): Promise<readonly Bookable[]> => {
  if (!db.mayRemember()) return listBookable(db, filter, limit);
  const { doctorId, serviceId, specialization, language, locationId, after } = filter;
  const question = [
    doctorId,
    serviceId,
    specialization,
    language,
    locationId,
    after?.doctorId,
    after?.serviceId,
  ];
  const key = JSON.stringify([db.tenantId, limit, ...question]);
  const versions = await findVersions(db);
  const known = memory.get(key);
  if (known && known.version === versions.schedules) return asOf(known, versions);
  const bookables = await listBookable(db, filter, limit);
  const version = bookables[0]?.scheduleVersion ?? null;
  if (version !== null) memory.set(key, { version, bookables });
  return bookables;
};

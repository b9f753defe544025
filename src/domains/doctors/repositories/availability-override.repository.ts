import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, list, rows, sql } from '../../../database/sql.ts';
import type { Override } from '../models/availability.ts';
import type { AvailabilityOverride } from '../models/working-time.ts';
import type { ListOverrides } from '../validators/availability.ts';
import type { Dates } from './availability.repository.ts';
import { namingLocation } from './missing-location.ts';

type Stored = Pick<Override, 'id' | 'intervals'>;
/** The location of one of the intervals of an override. */
type Place = { overrideId: string; position: number; locationId: string; inUse: boolean };

const nameOf = (overrideId: string, position: number): string => `${overrideId} ${position}`;

/** Reads where the doctor works by the overrides: a place is a row of its own, and an interval without one has none. */
const readPlaces = async (db: Db, overrides: readonly Stored[]) => {
  const ids = overrides.filter(({ intervals }) => intervals.length > 0).map(({ id }) => bin(id));
  if (ids.length === 0) return () => [];
  const places = await db.many<Place>(sql`
    SELECT ol.override_id AS overrideId, ol.position, ol.location_id AS locationId, l.active AS inUse
    FROM availability_override_locations ol
    JOIN locations l ON l.tenant_id = ol.tenant_id AND l.id = ol.location_id
    WHERE ol.tenant_id = ${db.tenant} AND ol.override_id IN ${list(ids)}`);
  const byName = new Map(places.map((place) => [nameOf(place.overrideId, place.position), place]));
  return ({ id, intervals }: Stored) =>
    intervals.map(({ startTime, endTime }, position) => {
      const place = byName.get(nameOf(id, position));
      return { startTime, endTime, locationId: place?.locationId ?? null, inUse: place?.inUse ?? true };
    });
};

/** The overrides of several doctors that touch the dates, each with its doctor, without hours at a location that is not in use. */
export const listOverridesOn = async (db: Db, doctorIds: readonly string[], { first, last }: Dates) => {
  const found = await db.many<Omit<Override, 'reason' | 'createdAt'> & { doctorId: string }>(sql`
    SELECT id, doctor_id AS doctorId, start_date AS startDate, end_date AS endDate, kind, intervals
    FROM availability_overrides
    WHERE tenant_id = ${db.tenant} AND doctor_id IN ${list(doctorIds.map((id) => bin(id)))}
      AND end_date >= ${first} AND start_date <= ${last}
    ORDER BY id`);
  const placesOf = await readPlaces(db, found);
  return found.map(({ doctorId, startDate, endDate, kind, ...stored }): OfDoctor => ({
    ...{ doctorId, startDate, endDate, kind },
    intervals: placesOf(stored)
      .filter(({ inUse }) => inUse)
      .map(({ startTime, endTime, locationId }) => ({
        startMinute: startTime,
        endMinute: endTime,
        locationId,
      })),
  }));
};
type OfDoctor = AvailabilityOverride & { readonly doctorId: string };

type OverrideFilter = ListOverrides & { after: string | undefined };

export const listOverrides = async (
  db: Db,
  doctorId: string,
  { limit, after, from, to }: OverrideFilter,
): Promise<Override[]> => {
  const found = await db.many<Override>(sql`
    SELECT id, start_date AS startDate, end_date AS endDate, kind, intervals, reason, created_at AS createdAt
    FROM availability_overrides
    WHERE tenant_id = ${db.tenant} AND doctor_id = ${bin(doctorId)} ${and(
      after === undefined ? undefined : sql`id > ${bin(after)}`,
      from === undefined ? undefined : sql`end_date >= ${from}`,
      to === undefined ? undefined : sql`start_date <= ${to}`,
    )}
    ORDER BY id LIMIT ${count(limit + 1)}`);
  const placesOf = await readPlaces(db, found);
  return found.map((override) => ({
    ...override,
    intervals: placesOf(override).map(({ startTime, endTime, locationId }) => ({
      startTime,
      endTime,
      locationId,
    })),
  }));
};

export const insertOverride = async (tx: Tx, doctorId: string, o: Override): Promise<void> => {
  const hours = o.intervals.map(({ startTime, endTime }) => ({ startTime, endTime }));
  await tx.run(sql`
    INSERT INTO availability_overrides (tenant_id, id, doctor_id, start_date, end_date, kind, intervals, reason, created_at)
    VALUES (${tx.tenant}, ${bin(o.id)}, ${bin(doctorId)}, ${o.startDate}, ${o.endDate}, ${o.kind},
      ${JSON.stringify(hours)}, ${o.reason}, ${o.createdAt})`);
  const places = o.intervals.flatMap(({ locationId }, position) =>
    locationId ? [[tx.tenant, bin(o.id), position, bin(locationId)]] : [],
  );
  if (places.length === 0) return;
  await namingLocation(
    tx.run(sql`
      INSERT INTO availability_override_locations (tenant_id, override_id, position, location_id)
      VALUES ${rows(places)}`),
  );
};

/** The places of its hours go with it. */
export const deleteOverride = (tx: Tx, doctorId: string, id: string) =>
  tx.run(sql`
    DELETE FROM availability_overrides
    WHERE tenant_id = ${tx.tenant} AND doctor_id = ${bin(doctorId)} AND id = ${bin(id)}`);

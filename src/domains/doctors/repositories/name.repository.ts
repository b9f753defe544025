import type { Db } from '../../../database/db.ts';
import { bin, list, sql } from '../../../database/sql.ts';

/** What people call the doctor, the service and the place of a visit, by their ids. */
export type VisitNames = {
  readonly doctors: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
  readonly locations: ReadonlyMap<string, string>;
};
export type NamedInVisits = {
  readonly doctorIds: readonly string[];
  readonly serviceIds: readonly string[];
  readonly locationIds: readonly string[];
};

const byId = (found: readonly { id: string; name: string }[]) =>
  new Map(found.map(({ id, name }) => [id, name]));

const anyOf = (ids: readonly string[]) => list(ids.map((id) => bin(id)));

/** Also of those that have been removed: visits of the past still name them. A place is its name and its address. */
export const findVisitNames = async (
  db: Db,
  { doctorIds, serviceIds, locationIds }: NamedInVisits,
): Promise<VisitNames> => ({
  doctors: byId(
    await db.many(sql`
      SELECT id, concat_ws(' ', title, first_name, last_name) AS name FROM doctors
      WHERE tenant_id = ${db.tenant} AND id IN ${anyOf(doctorIds)}`),
  ),
  services: byId(
    await db.many(sql`
      SELECT id, name FROM services WHERE tenant_id = ${db.tenant} AND id IN ${anyOf(serviceIds)}`),
  ),
  locations: byId(
    await db.many(sql`
      SELECT id, concat(name, ', ', address) AS name FROM locations
      WHERE tenant_id = ${db.tenant} AND id IN ${anyOf(locationIds)}`),
  ),
});

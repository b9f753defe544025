import type { Db } from '../../../database/db.ts';
import { and, bin, sql, type Sql } from '../../../database/sql.ts';
import type { LocalDate } from '../../../shared/time/local-date.ts';

/** Whether a doctor `d` has hours at the location, each week or on some dates; `since`: not those of overrides that ended before. */
export const worksAt = (db: Db, locationId: string, since?: LocalDate): Sql => sql`(
  EXISTS (SELECT 1 FROM doctor_availability a
    WHERE a.tenant_id = ${db.tenant} AND a.doctor_id = d.id AND a.location_id = ${bin(locationId)})
  OR EXISTS (SELECT 1 FROM availability_override_locations ol
    JOIN availability_overrides o ON o.tenant_id = ol.tenant_id AND o.id = ol.override_id
    WHERE ol.tenant_id = ${db.tenant} AND ol.location_id = ${bin(locationId)} AND o.doctor_id = d.id
      ${and(since === undefined ? undefined : sql`o.end_date >= ${since}`)}))`;

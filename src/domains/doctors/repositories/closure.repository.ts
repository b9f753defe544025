import type { Db } from '../../../database/db.ts';
import { and, bin, count, sql, type Sql } from '../../../database/sql.ts';
import type { Closure } from '../models/closure.ts';
import type { Period } from '../models/yearly-dates.ts';
import type { ListClosures } from '../validators/closure.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';
import { namingLocation } from './missing-location.ts';

const columns = sql`id, start_date AS startDate, end_date AS endDate, name, location_id AS locationId, version,
  created_at AS createdAt, updated_at AS updatedAt`;

const find = (db: Db, id: string, lock: Sql) =>
  db.one<Closure>(sql`
    SELECT ${columns} FROM closures WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} ${lock}`);

/** A closure that is removed leaves no trace but in the audit trail: nothing refers to it. */
export const closureRepository: CatalogueRepository<Closure, ListClosures> = {
  find: (db, id) => find(db, id, sql``),
  findToChange: (tx, id) => find(tx, id, sql`FOR UPDATE`),

  list: (db, { limit, after, from, to }) =>
    db.many<Closure>(sql`
      SELECT ${columns} FROM closures
      WHERE tenant_id = ${db.tenant} ${and(
        after === undefined ? undefined : sql`id > ${bin(after)}`,
        from === undefined ? undefined : sql`end_date >= ${from}`,
        to === undefined ? undefined : sql`start_date <= ${to}`,
      )}
      ORDER BY id LIMIT ${count(limit + 1)}`),

  insert: (tx, c) =>
    namingLocation(
      tx.run(sql`
        INSERT INTO closures (tenant_id, id, start_date, end_date, name, location_id, version, created_at, updated_at)
        VALUES (${tx.tenant}, ${bin(c.id)}, ${c.startDate}, ${c.endDate}, ${c.name}, ${bin(c.locationId)},
          ${c.version}, ${c.createdAt}, ${c.updatedAt})`),
    ),

  update: (tx, c) =>
    namingLocation(
      tx.run(sql`
        UPDATE closures SET start_date = ${c.startDate}, end_date = ${c.endDate}, name = ${c.name},
          location_id = ${bin(c.locationId)}, version = ${c.version}, updated_at = ${c.updatedAt}
        WHERE tenant_id = ${tx.tenant} AND id = ${bin(c.id)}`),
    ),

  remove: (tx, id) => tx.run(sql`DELETE FROM closures WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`),
};

/** The closures of one location, or of the whole clinic (null), that touch `period`. */
export const listClosuresBetween = (db: Db, locationId: string | null, { from, to }: Period) =>
  db.many<Closure>(sql`
    SELECT ${columns} FROM closures
    WHERE tenant_id = ${db.tenant} AND end_date >= ${from} AND start_date <= ${to}
      AND ${locationId === null ? sql`location_id IS NULL` : sql`location_id = ${bin(locationId)}`}`);

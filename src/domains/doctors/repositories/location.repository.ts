import type { Db } from '../../../database/db.ts';
import { and, bin, count, sql, type Sql } from '../../../database/sql.ts';
import type { Location } from '../models/location.ts';
import type { ListLocations } from '../validators/location.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';

const columns = sql`id, name, address, timezone, phone, active, version, created_at AS createdAt, updated_at AS updatedAt`;

const find = (db: Db, id: string, lock: Sql) =>
  db.one<Location>(sql`
    SELECT ${columns} FROM locations
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL ${lock}`);

export const locationRepository: CatalogueRepository<Location, ListLocations> = {
  find: (db, id) => find(db, id, sql``),
  findToChange: (tx, id) => find(tx, id, sql`FOR UPDATE`),

  list: (db, { limit, after, active, publicOnly }) =>
    db.many<Location>(sql`
      SELECT ${columns} FROM locations
      WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL ${and(
        after === undefined ? undefined : sql`id > ${bin(after)}`,
        active === undefined ? undefined : sql`active = ${active}`,
        publicOnly ? sql`active = TRUE` : undefined,
      )}
      ORDER BY id LIMIT ${count(limit + 1)}`),

  insert: (tx, l) =>
    tx.run(sql`
      INSERT INTO locations (tenant_id, id, name, address, timezone, phone, active, version, created_at, updated_at)
      VALUES (${tx.tenant}, ${bin(l.id)}, ${l.name}, ${l.address}, ${l.timezone}, ${l.phone}, ${l.active},
        ${l.version}, ${l.createdAt}, ${l.updatedAt})`),

  update: (tx, l) =>
    tx.run(sql`
      UPDATE locations SET name = ${l.name}, address = ${l.address}, timezone = ${l.timezone}, phone = ${l.phone},
        active = ${l.active}, version = ${l.version}, updated_at = ${l.updatedAt}
      WHERE tenant_id = ${tx.tenant} AND id = ${bin(l.id)}`),

  remove: (tx, id, at) =>
    tx.run(sql`
      UPDATE locations SET deleted_at = ${at}, active = FALSE WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`),
};

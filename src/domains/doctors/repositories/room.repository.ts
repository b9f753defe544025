import type { Db } from '../../../database/db.ts';
import { and, bin, count, sql, type Sql } from '../../../database/sql.ts';
import type { Room } from '../models/room.ts';
import type { ListRooms } from '../validators/room.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';
import { namingLocation } from './missing-location.ts';

const columns = sql`id, name, location_id AS locationId, active, version, created_at AS createdAt, updated_at AS updatedAt`;

const find = (db: Db, id: string, lock: Sql) =>
  db.one<Room>(sql`
    SELECT ${columns} FROM rooms
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL ${lock}`);

export const roomRepository: CatalogueRepository<Room, ListRooms> = {
  find: (db, id) => find(db, id, sql``),
  findToChange: (tx, id) => find(tx, id, sql`FOR UPDATE`),

  list: (db, { limit, after, locationId, active, publicOnly }) =>
    db.many<Room>(sql`
      SELECT ${columns} FROM rooms
      WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL ${and(
        after === undefined ? undefined : sql`id > ${bin(after)}`,
        locationId === undefined ? undefined : sql`location_id = ${bin(locationId)}`,
        active === undefined ? undefined : sql`active = ${active}`,
        publicOnly ? sql`active = TRUE` : undefined,
      )}
      ORDER BY id LIMIT ${count(limit + 1)}`),

  insert: (tx, r) =>
    namingLocation(
      tx.run(sql`
        INSERT INTO rooms (tenant_id, id, name, location_id, active, version, created_at, updated_at)
        VALUES (${tx.tenant}, ${bin(r.id)}, ${r.name}, ${bin(r.locationId)}, ${r.active}, ${r.version},
          ${r.createdAt}, ${r.updatedAt})`),
    ),

  update: (tx, r) =>
    namingLocation(
      tx.run(sql`
        UPDATE rooms SET name = ${r.name}, location_id = ${bin(r.locationId)}, active = ${r.active},
          version = ${r.version}, updated_at = ${r.updatedAt}
        WHERE tenant_id = ${tx.tenant} AND id = ${bin(r.id)}`),
    ),

  remove: (tx, id, at) =>
    tx.run(sql`
      UPDATE rooms SET deleted_at = ${at}, active = FALSE WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`),
};

import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, containing, count, sql, type Sql } from '../../../database/sql.ts';
import type { Service } from '../models/service.ts';
import type { ListServices } from '../validators/service.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';

type ServiceRow = Omit<Service, 'price'> & { priceAmount: number | null; priceCurrency: string | null };

const columns = sql`id, name, duration_minutes AS durationMinutes, buffer_before_minutes AS bufferBeforeMinutes,
  buffer_after_minutes AS bufferAfterMinutes, slot_interval_minutes AS slotIntervalMinutes, capacity,
  price_amount AS priceAmount, price_currency AS priceCurrency, modality, color,
  requires_confirmation AS requiresConfirmation, bookable_by_patients AS bookableByPatients, active, version,
  created_at AS createdAt, updated_at AS updatedAt`;

const toService = ({ priceAmount, priceCurrency, ...row }: ServiceRow): Service => ({
  ...row,
  price:
    priceAmount === null || priceCurrency === null ? null : { amount: priceAmount, currency: priceCurrency },
});

const find = async (db: Db, id: string, lock: Sql): Promise<Service | undefined> => {
  const row = await db.one<ServiceRow>(sql`
    SELECT ${columns} FROM services
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL ${lock}`);
  return row && toService(row);
};

type ServiceFilter = ListServices & { after: string | undefined; publicOnly: boolean };

const list = async (db: Db, { limit, after, q, active, publicOnly }: ServiceFilter) => {
  const found = await db.many<ServiceRow>(sql`
    SELECT ${columns} FROM services
    WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL ${and(
      after === undefined ? undefined : sql`id > ${bin(after)}`,
      q ? sql`name LIKE ${containing(q)}` : undefined,
      active === undefined ? undefined : sql`active = ${active}`,
      publicOnly ? sql`active = TRUE AND bookable_by_patients = TRUE` : undefined,
    )}
    ORDER BY id LIMIT ${count(limit + 1)}`);
  return found.map(toService);
};

const insert = (tx: Tx, s: Service) =>
  tx.run(sql`
    INSERT INTO services (tenant_id, id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes,
      slot_interval_minutes, capacity, price_amount, price_currency, modality, color, requires_confirmation,
      bookable_by_patients, active, version, created_at, updated_at)
    VALUES (${tx.tenant}, ${bin(s.id)}, ${s.name}, ${s.durationMinutes}, ${s.bufferBeforeMinutes},
      ${s.bufferAfterMinutes}, ${s.slotIntervalMinutes}, ${s.capacity}, ${s.price?.amount ?? null},
      ${s.price?.currency ?? null}, ${s.modality}, ${s.color}, ${s.requiresConfirmation}, ${s.bookableByPatients},
      ${s.active}, ${s.version}, ${s.createdAt}, ${s.updatedAt})`);

const update = (tx: Tx, s: Service) =>
  tx.run(sql`
    UPDATE services SET name = ${s.name}, duration_minutes = ${s.durationMinutes},
      buffer_before_minutes = ${s.bufferBeforeMinutes}, buffer_after_minutes = ${s.bufferAfterMinutes},
      slot_interval_minutes = ${s.slotIntervalMinutes}, capacity = ${s.capacity},
      price_amount = ${s.price?.amount ?? null}, price_currency = ${s.price?.currency ?? null},
      modality = ${s.modality}, color = ${s.color}, requires_confirmation = ${s.requiresConfirmation},
      bookable_by_patients = ${s.bookableByPatients}, active = ${s.active}, version = ${s.version},
      updated_at = ${s.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(s.id)}`);

/** Appointments of the past still name it, so the row stays. */
const remove = (tx: Tx, id: string, deletedAt: Date) =>
  tx.run(sql`
    UPDATE services SET deleted_at = ${deletedAt}, active = FALSE
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const serviceRepository: CatalogueRepository<Service, ListServices> = {
  find: (db, id) => find(db, id, sql``),
  findToChange: (tx, id) => find(tx, id, sql`FOR UPDATE`),
  list,
  insert,
  update,
  remove,
};

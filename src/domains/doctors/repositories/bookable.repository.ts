import type { Db, Tx } from '../../../database/db.ts';
import { gathered } from '../../../database/gathered-read.ts';
import { paddedList } from '../../../database/padded-list.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { Service } from '../models/service.ts';
import { hasSpecialization } from './doctor-search.ts';
import { worksAt } from './works-at.ts';

/** One service of one doctor, as booking and slot search need it. */
export type Bookable = {
  readonly doctorId: string;
  readonly timezone: string;
  readonly serviceId: string;
  readonly durationMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly slotIntervalMinutes: number | null;
  readonly capacity: number;
  readonly requiresConfirmation: boolean;
  readonly bookableByPatients: boolean;
  readonly price: Service['price'];
  /** Doctor and service are active, and the doctor offers the service. */
  readonly offered: boolean;
  /** Of all schedules of the tenant, when this was read. */
  readonly scheduleVersion: string | null;
  /** Of what is taken of the doctor's time, when this was read; null: nothing has been taken yet. */
  readonly calendarVersion: string | null;
};

const columns = sql`d.id AS doctorId, d.timezone, s.id AS serviceId, s.duration_minutes AS durationMinutes,
  s.buffer_before_minutes AS bufferBeforeMinutes, s.buffer_after_minutes AS bufferAfterMinutes,
  s.slot_interval_minutes AS slotIntervalMinutes, s.capacity, s.requires_confirmation AS requiresConfirmation,
  s.bookable_by_patients AS bookableByPatients, s.price_amount AS priceAmount, s.price_currency AS priceCurrency,
  (SELECT v.version FROM schedule_versions v WHERE v.tenant_id = d.tenant_id) AS scheduleVersion,
  (SELECT v.version FROM calendar_versions v WHERE v.tenant_id = d.tenant_id AND v.doctor_id = d.id) AS calendarVersion`;

type Row = Omit<Bookable, 'offered' | 'price'> & {
  readonly priceAmount: number | null;
  readonly priceCurrency: string | null;
};

const toBookable = ({ priceAmount, priceCurrency, ...row }: Row, offered: boolean): Bookable => ({
  ...row,
  price:
    priceAmount === null || priceCurrency === null ? null : { amount: priceAmount, currency: priceCurrency },
  offered,
});

type ServiceOfDoctor = { readonly doctorId: string; readonly serviceId: string };

const ofDoctors = (db: Db, doctorIds: readonly string[], serviceId: string) => sql`
  FROM doctors d
  JOIN services s ON s.tenant_id = d.tenant_id AND s.id = ${bin(serviceId)} AND s.deleted_at IS NULL
  LEFT JOIN doctor_services ds ON ds.tenant_id = d.tenant_id AND ds.doctor_id = d.id AND ds.service_id = s.id
  WHERE d.tenant_id = ${db.tenant} AND d.id IN (${paddedList(doctorIds.map((id) => bin(id)))}) AND d.deleted_at IS NULL`;

/** The service of each of the doctors, by doctor. */
const readBookables = async (db: Db, doctorIds: readonly string[], serviceId: string) => {
  const found = await db.many<Row & { offered: number }>(sql`
    SELECT ${columns}, d.active AND s.active AND ds.service_id IS NOT NULL AS offered
    ${ofDoctors(db, doctorIds, serviceId)}`);
  return new Map(found.map(({ offered, ...row }) => [row.doctorId, toBookable(row, offered === 1)]));
};

const gatherBookables = gathered(readBookables);

export const findBookable = (
  db: Db,
  { doctorId, serviceId }: ServiceOfDoctor,
): Promise<Bookable | undefined> => gatherBookables(db, doctorId, serviceId);

/**
 * {@link findBookable}, with the doctor's row locked until the end of the transaction, together with other bookings but
 * not with a change of hours: whoever comes second sees what the first has done. It is read after it is locked, by a
 * statement of its own, since one that waits for a lock may have looked at other rows before.
 */
export const lockBookable = (
  tx: Tx,
  { doctorId, serviceId }: ServiceOfDoctor,
): Promise<Bookable | undefined> => gatherLocked(tx, doctorId, serviceId);

const lockAndRead = (tx: Tx, doctorIds: readonly string[], serviceId: string) => {
  tx.later(sql`SELECT d.id ${ofDoctors(tx, doctorIds, serviceId)} LOCK IN SHARE MODE`);
  return readBookables(tx, doctorIds, serviceId);
};

const gatherLocked = gathered(lockAndRead);

/** Of the doctors who are not removed, those who give the service, active or not. */
export const listDoctorsOffering = async (db: Db, serviceId: string): Promise<string[]> => {
  const found = await db.many<{ doctorId: string }>(sql`
    SELECT ds.doctor_id AS doctorId FROM doctor_services ds
    JOIN doctors d ON d.tenant_id = ds.tenant_id AND d.id = ds.doctor_id AND d.deleted_at IS NULL
    WHERE ds.tenant_id = ${db.tenant} AND ds.service_id = ${bin(serviceId)} ORDER BY ds.doctor_id`);
  return found.map(({ doctorId }) => doctorId);
};

export type BookableFilter = {
  readonly doctorId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly specialization?: string | undefined;
  readonly language?: string | undefined;
  /** Doctors with hours there, each week or on some dates. */
  readonly locationId?: string | undefined;
  /** Only those behind this one. */
  readonly after?: Pick<Bookable, 'doctorId' | 'serviceId'> | undefined;
};

/** The doctors and services that match and are offered, by doctor and service. At least one of service and specialization is given. */
export const listBookable = async (
  db: Db,
  { doctorId, serviceId, specialization, language, locationId, after }: BookableFilter,
  limit: number,
) => {
  const found = await db.many<Row>(sql`
    SELECT ${columns}
    FROM doctor_services ds
    JOIN doctors d ON d.tenant_id = ds.tenant_id AND d.id = ds.doctor_id AND d.active = TRUE AND d.deleted_at IS NULL
    JOIN services s ON s.tenant_id = ds.tenant_id AND s.id = ds.service_id AND s.active = TRUE AND s.deleted_at IS NULL
    WHERE ds.tenant_id = ${db.tenant} ${and(
      doctorId === undefined ? undefined : sql`ds.doctor_id = ${bin(doctorId)}`,
      serviceId === undefined ? undefined : sql`ds.service_id = ${bin(serviceId)}`,
      specialization === undefined ? undefined : hasSpecialization(specialization),
      language === undefined ? undefined : sql`json_contains(d.languages, ${JSON.stringify(language)})`,
      locationId === undefined ? undefined : worksAt(db, locationId),
      after &&
        sql`(ds.doctor_id > ${bin(after.doctorId)}
          OR (ds.doctor_id = ${bin(after.doctorId)} AND ds.service_id > ${bin(after.serviceId)}))`,
    )}
    ORDER BY ds.doctor_id, ds.service_id LIMIT ${count(limit)}`);
  return found.map((row) => toBookable(row, true));
};

import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, list, rows, sql } from '../../../database/sql.ts';
import { newId } from '../../../shared/types/id.ts';
import type { LocalDate } from '../../../shared/time/local-date.ts';
import type { Rule, WeeklyHours } from '../models/availability.ts';
import type { Closure, WeeklyRule } from '../models/working-time.ts';
import { namingLocation } from './missing-location.ts';
import { worksAt } from './works-at.ts';

/** Both ends included. */
export type Dates = { readonly first: LocalDate; readonly last: LocalDate };

/** The rules of several doctors, each with its doctor, by weekday and start; `inUse`: not those at a location that is not. */
export const listRules = (db: Db, doctorIds: readonly string[], { inUse }: { inUse: boolean }) =>
  db.many<WeeklyRule & { doctorId: string }>(sql`
    SELECT a.doctor_id AS doctorId, a.day_of_week AS dayOfWeek, a.start_minute AS startMinute, a.end_minute AS endMinute,
      a.location_id AS locationId, a.service_ids AS serviceIds, a.effective_from AS effectiveFrom,
      a.effective_to AS effectiveTo
    FROM doctor_availability a
    LEFT JOIN locations l ON l.tenant_id = a.tenant_id AND l.id = a.location_id
    WHERE a.tenant_id = ${db.tenant} AND a.doctor_id IN ${list(doctorIds.map((id) => bin(id)))}
      ${and(inUse ? sql`(a.location_id IS NULL OR l.active)` : undefined)}
    ORDER BY a.day_of_week, a.start_minute, a.id`);

/** Of the doctors who are not removed, those who have hours at the location. */
export const listDoctorsAt = async (db: Db, locationId: string): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT d.id FROM doctors d
    WHERE d.tenant_id = ${db.tenant} AND d.deleted_at IS NULL AND ${worksAt(db, locationId)} ORDER BY d.id`);
  return found.map(({ id }) => id);
};

/** Those who can be booked. */
export const listActiveDoctors = async (db: Db): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT id FROM doctors WHERE tenant_id = ${db.tenant} AND active = TRUE AND deleted_at IS NULL ORDER BY id`);
  return found.map(({ id }) => id);
};

export const listClosuresOn = (db: Db, { first, last }: Dates) =>
  db.many<Closure>(sql`
    SELECT c.start_date AS startDate, c.end_date AS endDate, c.location_id AS locationId, l.timezone
    FROM closures c
    LEFT JOIN locations l ON l.tenant_id = c.tenant_id AND l.id = c.location_id
    WHERE c.tenant_id = ${db.tenant} AND c.end_date >= ${first} AND c.start_date <= ${last}`);

/** Locked until the end of the transaction: a booking waits, and then sees the new hours. */
export const findHoursToChange = (tx: Tx, doctorId: string) =>
  tx.one<{ timezone: string; version: number }>(sql`
    SELECT timezone, availability_version AS version FROM doctors
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(doctorId)} AND deleted_at IS NULL FOR UPDATE`);

/**
 * The clinic's doctors, locked like {@link findHoursToChange}, always in the order of their ids. Whoever locks them has
 * locked the hours of the clinic first ({@link lockTenant}), so that no doctor joins who is not seen.
 */
export const lockDoctors = async (tx: Tx): Promise<string[]> => {
  const found = await tx.many<{ id: string }>(sql`
    SELECT id FROM doctors WHERE tenant_id = ${tx.tenant} AND deleted_at IS NULL ORDER BY id FOR UPDATE`);
  return found.map(({ id }) => id);
};

/** The zone on whose wall clock each doctor works, and whether they do; also of those who were removed. */
export const listZones = (db: Db, doctorIds: readonly string[]) =>
  db.many<{ id: string; timezone: string; active: boolean }>(sql`
    SELECT id, timezone, active FROM doctors
    WHERE tenant_id = ${db.tenant} AND id IN ${list(doctorIds.map((id) => bin(id)))}`);

export const findHours = (db: Db, doctorId: string) =>
  db.one<{ timezone: string; version: number }>(sql`
    SELECT timezone, availability_version AS version FROM doctors
    WHERE tenant_id = ${db.tenant} AND id = ${bin(doctorId)} AND deleted_at IS NULL`);

/** How many of these different services the clinic has, or had. */
export const countServices = async (db: Db, serviceIds: readonly string[]): Promise<number> => {
  if (serviceIds.length === 0) return 0;
  const row = await db.one<{ found: number }>(sql`
    SELECT COUNT(*) AS found FROM services
    WHERE tenant_id = ${db.tenant} AND id IN ${list(serviceIds.map((id) => bin(id)))}`);
  return row?.found ?? 0;
};

const ruleTuple = (tx: Tx, doctorId: string, rule: Rule) => [
  tx.tenant,
  bin(newId()),
  bin(doctorId),
  rule.dayOfWeek,
  rule.startTime,
  rule.endTime,
  bin(rule.locationId),
  rule.serviceIds ? JSON.stringify(rule.serviceIds) : null,
  rule.effectiveFrom ?? null,
  rule.effectiveTo ?? null,
];

export const replaceHours = async (
  tx: Tx,
  doctorId: string,
  { timezone, rules }: WeeklyHours,
  version: number,
) => {
  await tx.run(sql`
    UPDATE doctors SET timezone = ${timezone}, availability_version = ${version}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(doctorId)}`);
  await tx.run(
    sql`DELETE FROM doctor_availability WHERE tenant_id = ${tx.tenant} AND doctor_id = ${bin(doctorId)}`,
  );
  if (rules.length === 0) return;
  await namingLocation(
    tx.run(sql`
      INSERT INTO doctor_availability (tenant_id, id, doctor_id, day_of_week, start_minute, end_minute, location_id,
        service_ids, effective_from, effective_to)
      VALUES ${rows(rules.map((rule) => ruleTuple(tx, doctorId, rule)))}`),
  );
};

import type { Db, Tx } from '../../../database/db.ts';
import { missingParentOf } from '../../../database/failures.ts';
import { and, bin, count, list, sql } from '../../../database/sql.ts';
import { AppError, type Problem } from '../../../shared/utils/errors.ts';
import { doctorProblems } from '../../doctors/index.ts';
import type { Entry, Offer } from '../models/waitlist.ts';
import type { ListWaitlist } from '../validators/waitlist.ts';
import { isAmong, type Reach } from './appointment.repository.ts';

type EntryRow = Omit<Entry, 'timeRange' | 'offer'> & {
  startMinute: number | null;
  endMinute: number | null;
  offerId: string | null;
  offerDoctorId: string;
  startsAt: Date;
  endsAt: Date;
  holdId: string;
  madeAt: Date;
  expiresAt: Date;
};

const columns = sql`e.id, e.patient_id AS patientId, e.doctor_id AS doctorId, e.specialization, e.service_id AS serviceId,
  e.earliest, e.latest, e.days_of_week AS daysOfWeek, e.start_minute AS startMinute, e.end_minute AS endMinute, e.status,
  e.entered_by AS enteredBy, e.displaced, e.version, e.created_at AS createdAt, e.updated_at AS updatedAt,
  o.id AS offerId, o.doctor_id AS offerDoctorId, o.starts_at AS startsAt, o.ends_at AS endsAt, o.hold_id AS holdId,
  o.made_at AS madeAt, o.expires_at AS expiresAt`;

/** With the one offer that may be live. */
const table = sql`waitlist_entries e
  LEFT JOIN waitlist_offers o ON o.tenant_id = e.tenant_id AND o.entry_id = e.id AND o.live = 1`;

const toOffer = (row: EntryRow): Offer | null =>
  row.offerId === null
    ? null
    : {
        id: row.offerId,
        entryId: row.id,
        doctorId: row.offerDoctorId,
        serviceId: row.serviceId,
        startsAt: row.startsAt,
        endsAt: row.endsAt,
        holdId: row.holdId,
        madeAt: row.madeAt,
        expiresAt: row.expiresAt,
        outcome: null,
      };

const toEntry = (row: EntryRow): Entry => ({
  id: row.id,
  patientId: row.patientId,
  doctorId: row.doctorId,
  specialization: row.specialization,
  serviceId: row.serviceId,
  earliest: row.earliest,
  latest: row.latest,
  daysOfWeek: row.daysOfWeek,
  timeRange:
    row.startMinute === null || row.endMinute === null
      ? null
      : { startTime: row.startMinute, endTime: row.endMinute },
  status: row.status,
  enteredBy: row.enteredBy,
  displaced: row.displaced,
  offer: toOffer(row),
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export const findEntry = async (db: Db, id: string): Promise<Entry | undefined> => {
  const row = await db.one<EntryRow>(
    sql`SELECT ${columns} FROM ${table} WHERE e.tenant_id = ${db.tenant} AND e.id = ${bin(id)}`,
  );
  return row && toEntry(row);
};

/** Locked until the end of the transaction. Whoever makes or ends an offer locks its entry first. */
export const findEntryToChange = async (tx: Tx, id: string): Promise<Entry | undefined> => {
  await tx.one(
    sql`SELECT id FROM waitlist_entries WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`,
  );
  return findEntry(tx, id);
};

type EntryFilter = ListWaitlist & { readonly reach: Reach; readonly after: string | undefined };

/** In the order in which they were made, one row more than `limit`. */
export const listEntries = async (db: Db, filter: EntryFilter): Promise<Entry[]> => {
  const { reach, after, status, doctorId, serviceId, limit } = filter;
  const found = await db.many<EntryRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE e.tenant_id = ${db.tenant} ${and(
      isAmong(sql`e.patient_id`, reach.patientIds),
      reach.doctorId === undefined ? undefined : sql`e.doctor_id = ${bin(reach.doctorId)}`,
      doctorId === undefined ? undefined : sql`e.doctor_id = ${bin(doctorId)}`,
      serviceId === undefined ? undefined : sql`e.service_id = ${bin(serviceId)}`,
      status && sql`e.status = ${status}`,
      after === undefined ? undefined : sql`e.id > ${bin(after)}`,
    )}
    ORDER BY e.id LIMIT ${count(limit + 1)}`);
  return found.map(toEntry);
};

type Opening = { readonly doctorId: string; readonly from: Date; readonly to: Date | undefined };

/** Where somebody stands among those who wait. */
export type Standing = Pick<Entry, 'displaced' | 'id'>;

/** Those whom a time of the doctor from `from` to `to` could suit, best-placed first: who lost a time, then who came first. */
export const listWaiting = async (
  db: Db,
  { doctorId, from, to }: Opening,
  { after, limit }: { readonly after: Standing | undefined; readonly limit: number },
): Promise<Entry[]> => {
  const found = await db.many<EntryRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE e.tenant_id = ${db.tenant} AND e.status = 'waiting' AND e.latest >= ${from}
      AND (e.doctor_id IS NULL OR e.doctor_id = ${bin(doctorId)})
      ${and(
        to && sql`e.earliest <= ${to}`,
        after &&
          sql`(e.displaced < ${after.displaced} OR (e.displaced = ${after.displaced} AND e.id > ${bin(after.id)}))`,
      )}
    ORDER BY e.displaced DESC, e.id LIMIT ${count(limit)}`);
  return found.map(toEntry);
};

/** What the patient still waits for, in the order in which it was entered. */
export const listOpen = async (tx: Tx, patientId: string): Promise<Entry[]> => {
  const found = await tx.many<EntryRow>(sql`
    SELECT ${columns} FROM ${table}
    WHERE e.tenant_id = ${tx.tenant} AND e.patient_id = ${bin(patientId)} AND e.status IN ${list(['waiting', 'offered'])}
    ORDER BY e.id`);
  return found.map(toEntry);
};

/** What the foreign keys find missing in this tenant. */
const missing: Readonly<Record<string, Problem>> = {
  fk_waitlist_entries_doctor: doctorProblems.doctor_not_found,
  fk_waitlist_entries_service: doctorProblems.service_not_found,
};

export const insertEntry = async (tx: Tx, e: Entry): Promise<void> => {
  try {
    await tx.run(sql`
      INSERT INTO waitlist_entries (tenant_id, id, patient_id, doctor_id, specialization, service_id, earliest, latest,
        days_of_week, start_minute, end_minute, displaced, status, entered_by, version, created_at,
        updated_at)
      VALUES (${tx.tenant}, ${bin(e.id)}, ${bin(e.patientId)}, ${bin(e.doctorId)}, ${e.specialization},
        ${bin(e.serviceId)}, ${e.earliest}, ${e.latest}, ${e.daysOfWeek && JSON.stringify(e.daysOfWeek)},
        ${e.timeRange?.startTime ?? null}, ${e.timeRange?.endTime ?? null}, ${e.displaced}, ${e.status}, ${bin(e.enteredBy)},
        ${e.version}, ${e.createdAt}, ${e.updatedAt})`);
  } catch (error) {
    const problem = missing[missingParentOf(error) ?? ''];
    throw problem ? new AppError(problem, undefined, { cause: error }) : error;
  }
};

export const updateEntry = (tx: Tx, e: Entry) =>
  tx.run(sql`
    UPDATE waitlist_entries SET status = ${e.status}, version = ${e.version}, updated_at = ${e.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(e.id)}`);

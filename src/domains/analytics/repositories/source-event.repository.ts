import { z } from 'zod';
import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { and, bin, count, list, rows, sql } from '../../../database/sql.ts';
import { keptPayloads, type SourceEvent } from '../models/source-event.ts';

/** Each once, however often it comes; it waits until it is in the figures. */
export const insertSourceEvents = (tx: Tx, events: readonly SourceEvent[]): void => {
  const tuples = events.map(({ id, subjectId, type, occurredAt, payload }) => [
    ...[tx.tenant, bin(id), bin(subjectId), type, occurredAt],
    ...[JSON.stringify(z.encode(keptPayloads[type], payload)), 1],
  ]);
  tx.later(sql`
    INSERT INTO analytics_events (tenant_id, event_id, subject_id, type, occurred_at, payload, pending)
    VALUES ${rows(tuples)}
    ON DUPLICATE KEY UPDATE event_id = VALUES(event_id)`);
};

export type PendingEvent = Pick<SourceEvent, 'id' | 'subjectId' | 'type' | 'occurredAt'>;

/** What is not in the figures yet, in the order in which it happened, about. */
export const listPending = (db: Db, limit: number) =>
  db.many<PendingEvent>(sql`
    SELECT event_id AS id, subject_id AS subjectId, type, occurred_at AS occurredAt FROM analytics_events
    WHERE pending = 1 AND tenant_id = ${db.tenant} ORDER BY event_id LIMIT ${count(limit)}`);

export const markDone = (tx: Tx, eventIds: readonly string[]): void => {
  tx.later(sql`
    UPDATE analytics_events SET pending = NULL
    WHERE tenant_id = ${tx.tenant} AND event_id IN ${list(eventIds.map((id) => bin(id)))}`);
};

type Row = Omit<PendingEvent, 'type'> & { readonly type: SourceEvent['type']; readonly payload: unknown };

const toSourceEvent = ({ payload, ...row }: Row): SourceEvent =>
  ({ ...row, payload: keptPayloads[row.type].parse(payload) }) as SourceEvent;

const columns = sql`event_id AS id, subject_id AS subjectId, type, occurred_at AS occurredAt, payload`;

const HOURS_CHANGED = 'doctor.availability_changed';

/** Of the subjects, those that are doctors, of whose hours events tell. */
export const listDoctorsAmong = async (db: Db, subjectIds: readonly string[]): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT DISTINCT subject_id AS id FROM analytics_events
    WHERE tenant_id = ${db.tenant} AND subject_id IN ${list(subjectIds.map((id) => bin(id)))}
      AND type = ${HOURS_CHANGED}`);
  return found.map(({ id }) => id);
};

/** The changes to the hours of a doctor, or those since an instant, in the order in which they happened. */
export const listHoursChanges = async (db: Db, doctorId: string, since?: Date): Promise<SourceEvent[]> => {
  const found = await db.many<Row>(sql`
    SELECT ${columns} FROM analytics_events
    WHERE tenant_id = ${db.tenant} AND subject_id = ${bin(doctorId)} AND type = ${HOURS_CHANGED}
      ${and(since && sql`occurred_at >= ${since}`)}
    ORDER BY occurred_at, event_id`);
  return found.map(toSourceEvent);
};

/** Every event of the subjects in the order in which they happened, without changes of hours, which are long. */
export const listEventsOf = async (db: Db, subjectIds: readonly string[]): Promise<SourceEvent[]> => {
  if (subjectIds.length === 0) return [];
  const found = await db.many<Row>(sql`
    SELECT ${columns} FROM analytics_events
    WHERE tenant_id = ${db.tenant} AND subject_id IN ${list(subjectIds.map((id) => bin(id)))}
      AND type <> ${HOURS_CHANGED}
    ORDER BY occurred_at, event_id`);
  return found.map(toSourceEvent);
};

/** The last event of one subject. */
export const findLastEventOf = async (db: Db, subjectId: string): Promise<SourceEvent | undefined> => {
  const row = await db.one<Row>(sql`
    SELECT ${columns} FROM analytics_events WHERE tenant_id = ${db.tenant} AND subject_id = ${bin(subjectId)}
    ORDER BY occurred_at DESC, event_id DESC LIMIT 1`);
  return row && toSourceEvent(row);
};

/** The next subjects behind `after`, in the order of their ids. */
export const listSubjects = async (db: Db, after: string, limit: number): Promise<string[]> => {
  const found = await db.many<{ id: string }>(sql`
    SELECT DISTINCT subject_id AS id FROM analytics_events
    WHERE tenant_id = ${db.tenant} AND subject_id > ${bin(after)} ORDER BY subject_id LIMIT ${count(limit)}`);
  return found.map(({ id }) => id);
};

/** How many subjects there are behind `after`. */
export const countSubjects = async (db: Db, after: string): Promise<number> => {
  const row = await db.one<{ subjects: number }>(sql`
    SELECT COUNT(DISTINCT subject_id) AS subjects FROM analytics_events
    WHERE tenant_id = ${db.tenant} AND subject_id > ${bin(after)}`);
  return row?.subjects ?? 0;
};

/** Tenants of whom something is not in the figures yet. */
export const listTenantsWithPending = async (db: SystemDb, limit: number): Promise<string[]> => {
  const found = await db.many<{ tenantId: string }>(sql`
    SELECT DISTINCT tenant_id AS tenantId FROM analytics_events WHERE pending = 1 LIMIT ${count(limit)}`);
  return found.map(({ tenantId }) => tenantId);
};

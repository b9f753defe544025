import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { gathered } from '../../../database/gathered-read.ts';
import { paddedList } from '../../../database/padded-list.ts';
import { bin, count, sql } from '../../../database/sql.ts';
import type { ReminderAnswer } from '../models/reminder-answer.ts';
import type { Reminder } from '../models/reminder.ts';

const columns = sql`id, appointment_id AS appointmentId, starts_at AS startsAt, offset_minutes AS offsetMinutes,
  due_at AS dueAt`;

export const findReminder = (db: Db, id: string) =>
  db.one<Reminder>(sql`SELECT ${columns} FROM reminders WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);

const readPending = async (db: Db, appointmentIds: readonly string[]) => {
  const found = await db.many<Reminder>(sql`
    SELECT ${columns} FROM reminders
    WHERE tenant_id = ${db.tenant} AND appointment_id IN (${paddedList(appointmentIds.map((id) => bin(id)))})
      AND status = 'pending'`);
  const byVisit = new Map<string, Reminder[]>();
  for (const reminder of found) {
    byVisit.set(reminder.appointmentId, [...(byVisit.get(reminder.appointmentId) ?? []), reminder]);
  }
  return byVisit;
};

const gatherPending = gathered(readPending);

export const listPendingReminders = async (tx: Tx, appointmentId: string): Promise<readonly Reminder[]> =>
  (await gatherPending(tx, appointmentId)) ?? [];

export const insertReminder = (tx: Tx, r: Reminder, now: Date): void => {
  tx.later(sql`
    INSERT INTO reminders (tenant_id, id, appointment_id, starts_at, offset_minutes, due_at, status, created_at)
    VALUES (${tx.tenant}, ${bin(r.id)}, ${bin(r.appointmentId)}, ${r.startsAt}, ${r.offsetMinutes}, ${r.dueAt},
      ${'pending'}, ${now})
    ON DUPLICATE KEY UPDATE id = id`);
};

export const deletePendingReminder = (tx: Tx, id: string) =>
  tx.run(sql`
    DELETE FROM reminders WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND status = 'pending'`);

/** Of any tenant, the longest due first. */
export const listDueReminders = (db: SystemDb, now: Date, limit: number) =>
  db.many<{ tenantId: string; id: string }>(sql`
    SELECT tenant_id AS tenantId, id FROM reminders
    WHERE status = 'pending' AND due_at <= ${now} ORDER BY due_at LIMIT ${count(limit)}`);

/** Locked and still pending; nothing where another process is at it, or was. */
export const takeDueReminder = (tx: Tx, id: string) =>
  tx.one<Reminder>(sql`
    SELECT ${columns} FROM reminders
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND status = 'pending' FOR UPDATE SKIP LOCKED`);

export const endReminder = (tx: Tx, id: string, status: 'sent' | 'skipped') =>
  tx.run(sql`UPDATE reminders SET status = ${status} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** Until the end of the transaction nobody else answers this reminder. */
export const lockReminder = (tx: Tx, id: string) =>
  tx.one(sql`SELECT id FROM reminders WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`);

export const insertAnswer = (tx: Tx, reminderId: string, answer: ReminderAnswer, now: Date) =>
  tx.run(sql`
    INSERT INTO reminder_answers (tenant_id, reminder_id, answer, answered_at)
    VALUES (${tx.tenant}, ${bin(reminderId)}, ${answer}, ${now})`);

export const listAnswers = async (db: Db, reminderId: string): Promise<ReminderAnswer[]> =>
  (
    await db.many<{ answer: ReminderAnswer }>(sql`
      SELECT answer FROM reminder_answers WHERE tenant_id = ${db.tenant} AND reminder_id = ${bin(reminderId)}`)
  ).map(({ answer }) => answer);

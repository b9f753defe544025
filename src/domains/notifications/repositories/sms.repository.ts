import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { bin, sql } from '../../../database/sql.ts';

/** Remembers of which visit a number is reminded, so that a reply finds it. */
export const insertSmsReminder = (db: Db, numberHash: Buffer, reminderId: string, sentAt: Date) =>
  db.run(sql`
    INSERT INTO sms_reminders (tenant_id, number_hash, reminder_id, sent_at)
    VALUES (${db.tenant}, ${numberHash}, ${bin(reminderId)}, ${sentAt})
    ON DUPLICATE KEY UPDATE sent_at = VALUES(sent_at)`);

/** What the number was told of last, of whichever clinic. */
export const findLastSmsReminder = (db: SystemDb, numberHash: Buffer, since: Date) =>
  db.one<{ tenantId: string; reminderId: string }>(sql`
    SELECT tenant_id AS tenantId, reminder_id AS reminderId FROM sms_reminders
    WHERE number_hash = ${numberHash} AND sent_at >= ${since} ORDER BY sent_at DESC, reminder_id DESC LIMIT 1`);

/** False for a reply that was handed in before. */
export const insertInboundSms = async (
  tx: Tx,
  messageSid: string,
  outcome: string,
  now: Date,
): Promise<boolean> => {
  try {
    await tx.run(sql`
      INSERT INTO inbound_sms (tenant_id, message_sid, outcome, received_at)
      VALUES (${tx.tenant}, ${messageSid}, ${outcome}, ${now})`);
    return true;
  } catch (error) {
    if (duplicateKeyOf(error) === undefined) throw error;
    return false;
  }
};

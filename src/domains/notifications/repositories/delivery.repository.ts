import type { Db, SystemDb, SystemTx, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { OuterChannel } from '../models/kind.ts';
import type { Delivery, DeliveryStatus, Recipient } from '../models/delivery.ts';

type DeliveryRow = Omit<Delivery, 'recipient'> & {
  readonly recipientType: Recipient['type'];
  readonly recipientId: string;
};

const columns = sql`tenant_id AS tenantId, id, event_id AS eventId, kind, channel, recipient_type AS recipientType,
  recipient_id AS recipientId, target_id AS targetId, request_id AS requestId, facts, status, attempts, due_at AS dueAt,
  give_up_at AS giveUpAt, finished_at AS finishedAt, provider_message_id AS providerMessageId, problem, detail,
  created_at AS createdAt, updated_at AS updatedAt`;

const toDelivery = ({ recipientType, recipientId, ...row }: DeliveryRow): Delivery => ({
  ...row,
  recipient: { type: recipientType, id: recipientId },
});

export const findDelivery = async (db: Db, id: string): Promise<Delivery | undefined> => {
  const row = await db.one<DeliveryRow>(sql`
    SELECT ${columns} FROM notification_deliveries WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);
  return row && toDelivery(row);
};

export type DeliveryFilter = {
  readonly limit: number;
  readonly after: string | undefined;
  readonly status: DeliveryStatus | undefined;
  readonly channel: OuterChannel | undefined;
  readonly kind: string | undefined;
};

/** Newest first, one row more than `limit`. */
export const listDeliveries = async (
  db: Db,
  { limit, after, status, channel, kind }: DeliveryFilter,
): Promise<Delivery[]> =>
  (
    await db.many<DeliveryRow>(sql`
      SELECT ${columns} FROM notification_deliveries
      WHERE tenant_id = ${db.tenant} ${and(
        after === undefined ? undefined : sql`id < ${bin(after)}`,
        status === undefined ? undefined : sql`status = ${status}`,
        channel === undefined ? undefined : sql`channel = ${channel}`,
        kind === undefined ? undefined : sql`kind = ${kind}`,
      )}
      ORDER BY id DESC LIMIT ${count(limit + 1)}`)
  ).map(toDelivery);

export type NewDelivery = Pick<
  Delivery,
  | 'id'
  | 'eventId'
  | 'kind'
  | 'channel'
  | 'recipient'
  | 'targetId'
  | 'requestId'
  | 'facts'
  | 'giveUpAt'
  | 'createdAt'
> & { readonly dueAt: Date; readonly traceparent: string | null };

export const insertDelivery = (tx: Tx, d: NewDelivery): void => {
  tx.later(sql`
    INSERT INTO notification_deliveries (tenant_id, id, event_id, kind, channel, recipient_type, recipient_id, target_id,
      request_id, facts, status, due_at, give_up_at, created_at, updated_at, traceparent)
    VALUES (${tx.tenant}, ${bin(d.id)}, ${bin(d.eventId)}, ${d.kind}, ${d.channel}, ${d.recipient.type},
      ${bin(d.recipient.id)}, ${bin(d.targetId)}, ${d.requestId}, ${JSON.stringify(d.facts)}, 'pending', ${d.dueAt},
      ${d.giveUpAt}, ${d.createdAt}, ${d.createdAt}, ${d.traceparent})`);
};

/** A delivery as a queue knows it: `attempts` tells this attempt from those before. */
export type Job = {
  readonly tenantId: string;
  readonly id: string;
  readonly channel: OuterChannel;
  readonly attempts: number;
  /** The span that it follows from, where it is a part of a trace. */
  readonly traceparent: string | null;
};

/** What is due and was not put into a queue, by channel: how much, and the oldest of it. */
export const listBacklog = (db: SystemDb, now: Date) =>
  db.many<{ channel: OuterChannel; waiting: number; oldest: Date }>(sql`
    SELECT channel, COUNT(*) AS waiting, MIN(due_at) AS oldest FROM notification_deliveries
    WHERE status = 'pending' AND due_at <= ${now} GROUP BY channel`);

/** Those that may be sent and are in no queue that we know of, locked; what another process has locked is its own. */
export const lockDue = (tx: SystemTx, now: Date, limit: number) =>
  tx.many<Job>(sql`
    SELECT tenant_id AS tenantId, id, channel, attempts, traceparent FROM notification_deliveries
    WHERE status = 'pending' AND due_at <= ${now} ORDER BY due_at LIMIT ${count(limit)} FOR UPDATE SKIP LOCKED`);

/** When they are looked at again: should the queue lose them, they are put in anew then. */
export const postpone = async (tx: SystemDb, jobs: readonly Job[], dueAt: Date): Promise<void> => {
  for (const { tenantId, id, attempts } of jobs) {
    await tx.run(sql`
      UPDATE notification_deliveries SET due_at = ${dueAt}
      WHERE tenant_id = ${bin(tenantId)} AND id = ${bin(id)} AND status = 'pending' AND attempts = ${attempts}`);
  }
};

/** Takes the delivery into this sender's hands; false where it is in another's, or was sent, or failed since the job was made. */
export const claim = async (
  db: Db,
  { id, attempts }: Pick<Job, 'id' | 'attempts'>,
  { now, leaseUntil }: { readonly now: Date; readonly leaseUntil: Date },
): Promise<boolean> =>
  (
    await db.run(sql`
      UPDATE notification_deliveries
      SET status = 'sending', attempts = attempts + 1, due_at = ${leaseUntil}, handed_over_at = NULL, updated_at = ${now}
      WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND status = 'pending' AND attempts = ${attempts}`)
  ).affectedRows === 1;

/** Says that the provider may have the message from now on; false for a sender that was given up on. */
export const markHandedOver = async (
  db: Db,
  { id, attempts }: Pick<Job, 'id' | 'attempts'>,
  now: Date,
): Promise<boolean> =>
  (
    await db.run(sql`
      UPDATE notification_deliveries SET handed_over_at = ${now}, updated_at = ${now}
      WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND status = 'sending' AND attempts = ${attempts}`)
  ).affectedRows === 1;

/** What became of an attempt. `dueAt` is null for one that is done with. */
export type Outcome = {
  readonly status: DeliveryStatus;
  readonly dueAt: Date | null;
  readonly providerMessageId?: string | undefined;
  readonly problem?: string | undefined;
  readonly detail?: string | undefined;
};

/** Ends the attempt of this sender; one that was given up on changes nothing. */
export const endAttempt = (
  db: Db,
  { id, attempts }: Pick<Job, 'id' | 'attempts'>,
  { status, dueAt, providerMessageId, problem, detail }: Outcome,
  now: Date,
) =>
  db.run(sql`
    UPDATE notification_deliveries
    SET status = ${status}, due_at = ${dueAt}, provider_message_id = ${providerMessageId ?? null},
      problem = ${problem ?? null}, detail = ${detail ?? null}, finished_at = ${dueAt === null ? now : null},
      updated_at = ${now}
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND status = 'sending' AND attempts = ${attempts}`);

/**
 * Takes deliveries from senders that have died: what the provider cannot have had waits to be sent again; of what it may have had, the
 * outcome is unknown, and somebody has to decide.
 */
export const recoverAbandoned = async (db: SystemDb, now: Date): Promise<number> => {
  const abandoned = sql`status = 'sending' AND due_at <= ${now}`;
  const failed = await db.run(sql`
    UPDATE notification_deliveries
    SET status = 'failed', due_at = NULL, finished_at = ${now}, problem = 'outcome_unknown',
      detail = 'The sender ended while the provider was taking the message', updated_at = ${now}
    WHERE ${abandoned} AND handed_over_at IS NOT NULL`);
  const waiting = await db.run(sql`
    UPDATE notification_deliveries SET status = 'pending', problem = 'interrupted', updated_at = ${now}
    WHERE ${abandoned} AND handed_over_at IS NULL`);
  return failed.affectedRows + waiting.affectedRows;
};

/** One that has failed waits to be sent again; false for any other. */
export const sendAgain = async (
  tx: Tx,
  id: string,
  { now, giveUpAt }: { readonly now: Date; readonly giveUpAt: Date },
): Promise<boolean> =>
  (
    await tx.run(sql`
      UPDATE notification_deliveries
      SET status = 'pending', due_at = ${now}, give_up_at = ${giveUpAt}, finished_at = NULL, problem = NULL,
        detail = NULL, updated_at = ${now}
      WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND status = 'failed'`)
  ).affectedRows === 1;

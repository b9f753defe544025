import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, rows, sql } from '../../../database/sql.ts';
import type { Attempt, Delivery } from '../models/delivery.ts';

/** With what is sent, and since when it is tried. */
export type StoredDelivery = Delivery & {
  readonly body: string;
  readonly firstAttemptAt: Date | null;
  /** The span that it follows from, where it is a part of a trace. */
  readonly traceparent: string | null;
};

const columns = sql`id, webhook_id AS webhookId, event_id AS eventId, event_type AS eventType, sequence, status, attempts,
  next_attempt_at AS nextAttemptAt, redelivery_of AS redeliveryOf, created_at AS createdAt, completed_at AS completedAt`;

const ofWebhook = (db: Db, webhookId: string) =>
  sql`tenant_id = ${db.tenant} AND webhook_id = ${bin(webhookId)}`;

export const insertDeliveries = (tx: Tx, deliveries: readonly StoredDelivery[]) =>
  tx.run(sql`
    INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, event_id, event_type, sequence, body, status,
      next_attempt_at, redelivery_of, created_at, traceparent)
    VALUES ${rows(
      deliveries.map((d) => [
        ...[
          tx.tenant,
          bin(d.id),
          bin(d.webhookId),
          bin(d.eventId),
          d.eventType,
          d.sequence,
          d.body,
          d.status,
        ],
        ...[d.nextAttemptAt, bin(d.redeliveryOf), d.createdAt, d.traceparent],
      ]),
    )}`);

/** The one to be sent next. */
export const findOldestPending = (db: Db, webhookId: string): Promise<StoredDelivery | undefined> =>
  db.one<StoredDelivery>(sql`
    SELECT ${columns}, body, first_attempt_at AS firstAttemptAt, traceparent FROM webhook_deliveries
    WHERE ${ofWebhook(db, webhookId)} AND status = 'pending' ORDER BY sequence, id LIMIT 1`);

export const findDelivery = (db: Db, webhookId: string, id: string): Promise<StoredDelivery | undefined> =>
  db.one<StoredDelivery>(sql`
    SELECT ${columns}, body, first_attempt_at AS firstAttemptAt, traceparent FROM webhook_deliveries
    WHERE ${ofWebhook(db, webhookId)} AND id = ${bin(id)}`);

type Filter = {
  readonly status?: Delivery['status'] | undefined;
  readonly eventType?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

/** The newest first; one row more than `limit`. */
export const listDeliveries = (
  db: Db,
  webhookId: string,
  { status, eventType, before, limit }: Filter,
): Promise<Delivery[]> =>
  db.many<Delivery>(sql`
    SELECT ${columns} FROM webhook_deliveries
    WHERE ${ofWebhook(db, webhookId)} ${and(
      status === undefined ? undefined : sql`status = ${status}`,
      eventType === undefined ? undefined : sql`event_type = ${eventType}`,
      before === undefined ? undefined : sql`id < ${bin(before)}`,
    )}
    ORDER BY id DESC LIMIT ${count(limit + 1)}`);

/** What was first made in `[from, to)` behind the id `after`, whatever became of it; the oldest first. */
export const listMadeIn = (
  db: Db,
  webhookId: string,
  { from, to, after, limit }: { from: Date; to: Date; after: string | undefined; limit: number },
): Promise<StoredDelivery[]> =>
  db.many<StoredDelivery>(sql`
    SELECT ${columns}, body, first_attempt_at AS firstAttemptAt, traceparent FROM webhook_deliveries
    WHERE ${ofWebhook(db, webhookId)} AND redelivery_of IS NULL AND created_at >= ${from} AND created_at < ${to}
      AND status <> 'pending' ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit)}`);

export const updateDelivery = (tx: Tx, d: StoredDelivery) =>
  tx.run(sql`
    UPDATE webhook_deliveries SET status = ${d.status}, attempts = ${d.attempts},
      first_attempt_at = ${d.firstAttemptAt}, next_attempt_at = ${d.nextAttemptAt}, completed_at = ${d.completedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(d.id)}`);

/** Those that wait are tried for three days again. */
export const restartPending = (tx: Tx, webhookId: string, now: Date) =>
  tx.run(sql`
    UPDATE webhook_deliveries SET first_attempt_at = NULL, next_attempt_at = ${now}
    WHERE ${ofWebhook(tx, webhookId)} AND status = 'pending'`);

export const insertAttempt = (tx: Tx, deliveryId: string, a: Attempt) =>
  tx.run(sql`
    INSERT INTO webhook_attempts (tenant_id, id, delivery_id, attempted_at, duration_ms, status_code, response_body, error)
    VALUES (${tx.tenant}, ${bin(a.id)}, ${bin(deliveryId)}, ${a.attemptedAt}, ${a.durationMs}, ${a.statusCode},
      ${a.responseBody}, ${a.error})`);

export const listAttempts = (db: Db, deliveryId: string): Promise<Attempt[]> =>
  db.many<Attempt>(sql`
    SELECT id, attempted_at AS attemptedAt, duration_ms AS durationMs, status_code AS statusCode,
      response_body AS responseBody, error
    FROM webhook_attempts WHERE tenant_id = ${db.tenant} AND delivery_id = ${bin(deliveryId)} ORDER BY id`);

import type { Db, SystemDb, SystemTx, Tx } from '../../../database/db.ts';
import { and, bin, count, list, sql, type Sql } from '../../../database/sql.ts';
import { lockTenant } from '../../../database/tenant-lock.ts';
import type { DisabledReason, Webhook } from '../models/webhook.ts';

/** With what only the sender needs. */
export type StoredWebhook = Webhook & {
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
  readonly previousSecretUntil: Date | null;
};

type Row = Omit<StoredWebhook, 'disabled'> & {
  readonly disabledAt: Date | null;
  readonly disabledReason: DisabledReason | null;
};

const columns = sql`id, url, events, description, active, secret, previous_secret AS previousSecret,
  previous_secret_until AS previousSecretUntil, failing_since AS failingSince, disabled_at AS disabledAt,
  disabled_reason AS disabledReason, version, created_at AS createdAt, updated_at AS updatedAt`;

const toWebhook = ({ disabledAt, disabledReason, ...row }: Row): StoredWebhook => ({
  ...row,
  disabled: disabledAt && disabledReason ? { at: disabledAt, reason: disabledReason } : null,
});

const find = async (db: Db, id: string, lock: Sql): Promise<StoredWebhook | undefined> => {
  const row = await db.one<Row>(sql`
    SELECT ${columns} FROM webhooks
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL ${lock}`);
  return row && toWebhook(row);
};

export const findWebhook = (db: Db, id: string) => find(db, id, sql``);
export const findWebhookToChange = (tx: Tx, id: string) => find(tx, id, sql`FOR UPDATE`);

export const listWebhooks = async (
  db: Db,
  { after, active, limit }: { after?: string | undefined; active?: boolean | undefined; limit: number },
): Promise<StoredWebhook[]> =>
  (
    await db.many<Row>(sql`
      SELECT ${columns} FROM webhooks
      WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL ${and(
        after === undefined ? undefined : sql`id > ${bin(after)}`,
        active === undefined ? undefined : sql`active = ${active}`,
      )}
      ORDER BY id LIMIT ${count(limit + 1)}`)
  ).map(toWebhook);

/** What is counted stays until the end of the transaction. */
export const countWebhooks = async (tx: Tx): Promise<number> => {
  await lockTenant(tx, 'webhooks');
  const row = await tx.one<{ total: number }>(sql`
    SELECT COUNT(*) AS total FROM webhooks WHERE tenant_id = ${tx.tenant} AND deleted_at IS NULL`);
  return row?.total ?? 0;
};

export const insertWebhook = (tx: Tx, w: StoredWebhook) =>
  tx.run(sql`
    INSERT INTO webhooks (tenant_id, id, url, events, description, active, secret, version, created_at, updated_at)
    VALUES (${tx.tenant}, ${bin(w.id)}, ${w.url}, ${JSON.stringify(w.events)}, ${w.description}, ${w.active},
      ${w.secret}, ${w.version}, ${w.createdAt}, ${w.updatedAt})`);

/** `dueAt`: when the oldest waiting delivery is to be tried. */
export const updateWebhook = (tx: Tx, w: StoredWebhook, dueAt: Date | null) =>
  tx.run(sql`
    UPDATE webhooks SET url = ${w.url}, events = ${JSON.stringify(w.events)}, description = ${w.description},
      active = ${w.active}, secret = ${w.secret}, previous_secret = ${w.previousSecret},
      previous_secret_until = ${w.previousSecretUntil}, failing_since = ${w.failingSince},
      disabled_at = ${w.disabled?.at ?? null}, disabled_reason = ${w.disabled?.reason ?? null},
      due_at = ${dueAt}, version = ${w.version}, updated_at = ${w.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(w.id)}`);

export const removeWebhook = (tx: Tx, id: string, at: Date) =>
  tx.run(sql`
    UPDATE webhooks SET deleted_at = ${at}, active = FALSE, due_at = NULL
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** Deliveries wait: the webhooks are due, unless they wait for a pause to end. */
export const makeDue = (tx: Tx, ids: readonly string[], now: Date) =>
  tx.run(sql`
    UPDATE webhooks SET due_at = COALESCE(due_at, ${now})
    WHERE tenant_id = ${tx.tenant} AND id IN ${list(ids.map((id) => bin(id)))}`);

/** Somebody asks for it: whatever waits is tried now. */
export const makeDueNow = (tx: Tx, id: string, now: Date) =>
  tx.run(sql`UPDATE webhooks SET due_at = ${now} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

type Claimed = { readonly tenantId: string; readonly id: string };

/** Longer than the longest attempt. By the database's own clock, which all processes share. */
const lease = sql`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND`;

/**
 * Takes one webhook that is due at `now` and that nobody delivers to, of a tenant that is not among `busyTenants`, and
 * leases it. SKIP LOCKED: another process may be taking it.
 */
export const claimDue = async (
  tx: SystemTx,
  { now, busyTenants }: { now: Date; busyTenants: readonly string[] },
): Promise<Claimed | undefined> => {
  const notBusy =
    busyTenants.length === 0
      ? undefined
      : sql`tenant_id NOT IN ${list(busyTenants.map((tenantId) => bin(tenantId)))}`;
  const due = await tx.one<Claimed>(sql`
    SELECT tenant_id AS tenantId, id FROM webhooks
    WHERE due_at <= ${now} AND (leased_until IS NULL OR leased_until <= UTC_TIMESTAMP(3)) ${and(notBusy)}
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`);
  if (!due) return undefined;
  await tx.run(sql`
    UPDATE webhooks SET leased_until = ${lease} WHERE tenant_id = ${bin(due.tenantId)} AND id = ${bin(due.id)}`);
  return due;
};

/** The webhooks that are due and that nobody delivers to. */
export const findBacklog = (db: SystemDb, now: Date) =>
  db.one<{ waiting: number; oldest: Date | null }>(sql`
    SELECT COUNT(*) AS waiting, MIN(due_at) AS oldest FROM webhooks
    WHERE due_at <= ${now} AND (leased_until IS NULL OR leased_until <= UTC_TIMESTAMP(3))`);

/** What the sender has learned; the webhook is given back unless the sender goes on with it. */
export const recordSending = (
  tx: Tx,
  id: string,
  { failingSince, dueAt, goesOn }: { failingSince: Date | null; dueAt: Date | null; goesOn: boolean },
) =>
  tx.run(sql`
    UPDATE webhooks SET failing_since = ${failingSince}, due_at = ${dueAt}, leased_until = ${goesOn ? lease : null}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const releaseLease = (tx: Tx, id: string) =>
  tx.run(sql`UPDATE webhooks SET leased_until = NULL WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

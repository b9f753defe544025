import type { Database, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Metrics } from '../../../shared/metrics/metrics.ts';
import type { Tracing } from '../../../shared/tracing/tracing.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { nextVersion } from '../../../shared/utils/versions.ts';
import { nextAttemptAt } from '../models/retry.ts';
import { signatureHeaders } from '../models/signature.ts';
import { type DisabledReason, webhookDisabled } from '../models/webhook.ts';
import {
  findOldestPending,
  insertAttempt,
  type StoredDelivery,
  updateDelivery,
} from '../repositories/delivery.repository.ts';
import {
  claimDue,
  findWebhook,
  findWebhookToChange,
  recordSending,
  releaseLease,
  type StoredWebhook,
  updateWebhook,
} from '../repositories/webhook.repository.ts';
import type { Outcome, Post } from './post.ts';
import { secretsOf } from './webhook-secrets.ts';

export type SenderDeps = {
  database: Database;
  keyring: Keyring;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'deliveries'>;
  tracing: Pick<Tracing, 'follow'>;
  post: Post;
};

const MAX_UNDER_WAY = 20;
const MAX_OF_A_TENANT = 4;
const MAX_IN_A_ROW = 50;

const isDelivered = ({ statusCode }: Outcome) => statusCode !== null && statusCode >= 200 && statusCode < 300;
const isGone = ({ statusCode }: Outcome) => statusCode === 410;

/** Sends what waits: to each webhook one after the other, in the order of the events; to many webhooks at once. */
export const createWebhookSender = (deps: SenderDeps) => {
  const { database, keyring, outbox, clock, logger, tracing, post } = deps;
  const stopping = new AbortController();
  const underWay = new Map<Promise<void>, string>();

  const send = async (webhook: StoredWebhook, delivery: StoredDelivery, tenantId: string) => {
    const now = clock.now();
    const secrets = await secretsOf(database.read(tenantId), keyring, webhook, now);
    const { eventId: id, body } = delivery;
    const span = tracing.follow(delivery.traceparent, {
      name: `webhook ${delivery.eventType}`,
      kind: 'client',
      attributes: { 'http.request.method': 'POST', 'app.tenant_id': tenantId },
    });
    const startedAt = performance.now();
    const outcome = await post(webhook.url, {
      headers: {
        'user-agent': 'doctor-appointment-saas',
        ...signatureHeaders(secrets, { id, timestamp: now, body }),
        ...(span && { traceparent: span.traceparent }),
      },
      body,
      signal: stopping.signal,
    });
    const { statusCode } = outcome;
    span?.end({
      ...(statusCode !== null && { attributes: { 'http.response.status_code': statusCode } }),
      ...(!isDelivered(outcome) && { error: { code: String(statusCode ?? 'no_answer') } }),
    });
    return { outcome, durationMs: Math.round(performance.now() - startedAt) };
  };

  const disable = async (tx: Tx, webhook: StoredWebhook, reason: DisabledReason) => {
    const at = clock.now();
    await updateWebhook(tx, nextVersion(webhook, { active: false, disabled: { at, reason } }, at), null);
    await outbox.publish(tx, { requestId: newId() }, webhookDisabled(webhook, reason));
  };

  /** Writes down what came of an attempt; answers whether the next delivery may go out at once. */
  const record = async (
    tx: Tx,
    { id }: StoredWebhook,
    before: StoredDelivery,
    { outcome, durationMs }: { outcome: Outcome; durationMs: number },
  ): Promise<boolean> => {
    const webhook = await findWebhookToChange(tx, id);
    if (!webhook) return false;
    const now = clock.now();
    const { statusCode, responseBody, error, retryAfterMs } = outcome;
    const attempts = before.attempts + 1;
    const firstAttemptAt = before.firstAttemptAt ?? now;
    await insertAttempt(tx, before.id, {
      id: newId(),
      attemptedAt: now,
      durationMs,
      statusCode,
      responseBody,
      error,
    });
    const delivery = { ...before, attempts, firstAttemptAt };

    if (isDelivered(outcome)) {
      await updateDelivery(tx, { ...delivery, status: 'succeeded', nextAttemptAt: null, completedAt: now });
      const { active } = webhook;
      await recordSending(tx, id, { failingSince: null, dueAt: active ? now : null, goesOn: active });
      return active;
    }
    const again = isGone(outcome)
      ? undefined
      : nextAttemptAt({ attempts, firstAttemptAt, now, retryAfterMs, random: Math.random() });
    const ended = again
      ? { nextAttemptAt: again }
      : { status: 'failed' as const, nextAttemptAt: null, completedAt: now };
    await updateDelivery(tx, { ...delivery, ...ended });
    const failingSince = webhook.failingSince ?? now;
    await recordSending(tx, id, {
      failingSince,
      dueAt: webhook.active && again ? again : null,
      goesOn: false,
    });
    if (!again && webhook.active)
      await disable(tx, { ...webhook, failingSince }, isGone(outcome) ? 'gone' : 'failing');
    return false;
  };

  /** Looks under a lock whether nothing waits any more, so that none that comes meanwhile is forgotten. */
  const rest = (tenantId: string, id: string) =>
    database.transaction({ tenantId }, async (tx) => {
      const webhook = await findWebhookToChange(tx, id);
      const waiting = webhook?.active ? await findOldestPending(tx, id) : undefined;
      const { failingSince = null } = webhook ?? {};
      await recordSending(tx, id, { failingSince, dueAt: waiting?.nextAttemptAt ?? null, goesOn: false });
    });

  const deliverTo = async (tenantId: string, id: string): Promise<void> => {
    for (let sent = 0; sent < MAX_IN_A_ROW; sent++) {
      const db = database.read(tenantId);
      const webhook = await findWebhook(db, id);
      const delivery = webhook?.active ? await findOldestPending(db, id) : undefined;
      if (!webhook || !delivery) break;
      const result = await send(webhook, delivery, tenantId);
      if (stopping.signal.aborted) {
        await database.transaction({ tenantId }, (tx) => releaseLease(tx, id));
        return;
      }
      const goOn = await database.transaction({ tenantId }, (tx) => record(tx, webhook, delivery, result));
      const outcome = isDelivered(result.outcome) ? 'sent' : 'again';
      deps.metrics.deliveries.inc({ channel: 'webhook', outcome });
      if (!goOn) return;
    }
    await rest(tenantId, id);
  };

  const claim = () => {
    const counts = new Map<string, number>();
    for (const tenantId of underWay.values()) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
    const busyTenants = [...counts]
      .filter(([, count]) => count >= MAX_OF_A_TENANT)
      .map(([tenantId]) => tenantId);
    return database.system.transaction((tx) => claimDue(tx, { now: clock.now(), busyTenants }));
  };

  const start = (tenantId: string, id: string) => {
    const task = deliverTo(tenantId, id)
      .catch((error: unknown) => {
        logger.warn(
          { err: error, tenantId, webhookId: id },
          'A webhook could not be served; it will be tried again',
        );
      })
      .finally(() => {
        underWay.delete(task);
        nudge();
      });
    underWay.set(task, tenantId);
  };

  let claiming: Promise<void> | undefined;
  const claimAll = async () => {
    while (!stopping.signal.aborted && underWay.size < MAX_UNDER_WAY) {
      const claimed = await claim();
      if (!claimed) return;
      start(claimed.tenantId, claimed.id);
    }
  };

  /** Begins to deliver to every webhook that is due, as far as there is room. */
  const sweep = (): Promise<void> => {
    claiming ??= claimAll().finally(() => {
      claiming = undefined;
    });
    return claiming;
  };

  const nudge = () => {
    if (stopping.signal.aborted) return;
    sweep().catch((error: unknown) => {
      logger.warn({ err: error }, 'Webhooks that are due could not be claimed; it will be tried again');
    });
  };

  return {
    sweep,
    nudge,
    /** Gives up what is under way; it is sent by whoever is next. */
    stop: async (): Promise<void> => {
      stopping.abort();
      await claiming?.catch(() => undefined);
      await Promise.all(underWay.keys());
    },
  };
};

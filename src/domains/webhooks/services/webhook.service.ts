import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import { newSecret } from '../models/signature.ts';
import type { Webhook } from '../models/webhook.ts';
import { webhookProblems } from '../problems.ts';
import { findOldestPending, restartPending } from '../repositories/delivery.repository.ts';
import {
  countWebhooks,
  findWebhook,
  findWebhookToChange,
  insertWebhook,
  listWebhooks,
  removeWebhook,
  type StoredWebhook,
  updateWebhook,
} from '../repositories/webhook.repository.ts';
import type { CreateWebhook, ListWebhooks, UpdateWebhook } from '../validators/webhook.ts';
import type { demandGoodTarget } from './good-target.ts';
import { openSecret, sealSecret } from './webhook-secrets.ts';

export type WebhookServiceDeps = {
  database: Database;
  audit: AuditTrail;
  keyring: Keyring;
  clock: Clock;
  demandTarget: ReturnType<typeof demandGoodTarget>;
  nudge: () => void;
};
export type WebhookService = ReturnType<typeof createWebhookService>;

export const MAX_WEBHOOKS = 50;
const PREVIOUS_SECRET_MS = 24 * 60 * 60_000;

/** The verbs of those who set webhooks up. */
export const createWebhookService = (deps: WebhookServiceDeps) => {
  const { database, audit, keyring, clock, demandTarget, nudge } = deps;

  const record = (tx: Tx, ctx: Ctx, verb: string, resourceId: string, changes?: object) =>
    audit.record(tx, ctx, {
      action: `webhook.${verb}`,
      resourceType: 'webhook',
      resourceId,
      ...(changes && { changes: { ...changes } }),
    });

  const findCurrent = async (tx: Tx, id: string, ifMatch: number | undefined): Promise<StoredWebhook> => {
    const webhook = await findWebhookToChange(tx, id);
    if (!webhook) throw new AppError(webhookProblems.webhook_not_found);
    demandVersion(webhook, ifMatch);
    return webhook;
  };

  /** When the next message goes out, if any waits. */
  const dueAtOf = async (tx: Tx, { id, active }: Webhook): Promise<Date | null> =>
    active ? ((await findOldestPending(tx, id))?.nextAttemptAt ?? null) : null;

  return {
    /** The answer is the only one that holds the secret. */
    create: (ctx: Ctx, fields: CreateWebhook) => {
      demandTarget(fields.url);
      return database.transaction(ctx, async (tx) => {
        if ((await countWebhooks(tx)) >= MAX_WEBHOOKS)
          throw new AppError(webhookProblems.webhook_limit_reached);
        const [id, secret, now] = [newId(), newSecret(), clock.now()];
        const webhook: Webhook = {
          ...fields,
          id,
          failingSince: null,
          disabled: null,
          version: 1,
          createdAt: now,
          updatedAt: now,
        };
        const sealed = await sealSecret(tx, keyring, 'secret', id, secret);
        await insertWebhook(tx, {
          ...webhook,
          secret: sealed,
          previousSecret: null,
          previousSecretUntil: null,
        });
        await record(tx, ctx, 'created', id, fields);
        return { ...webhook, secret };
      });
    },

    list: async (ctx: Ctx, { cursor, ...query }: ListWebhooks): Promise<Page<Webhook>> => {
      const after = decodeCursor(IdPosition, cursor)?.[0];
      const found = await listWebhooks(database.read(ctx.tenantId), { ...query, after });
      return toPage(found, query.limit, ({ id }) => [id]);
    },

    get: async (ctx: Ctx, id: string): Promise<Webhook> => {
      const webhook = await findWebhook(database.read(ctx.tenantId), id);
      if (!webhook) throw new AppError(webhookProblems.webhook_not_found);
      return webhook;
    },

    /** What has waited while the webhook was switched off is sent once it is switched on again. */
    update: (ctx: Ctx, id: string, changes: UpdateWebhook, ifMatch: number | undefined): Promise<Webhook> => {
      if (changes.url !== undefined) demandTarget(changes.url);
      return database.transaction(ctx, async (tx) => {
        const now = clock.now();
        const current = await findCurrent(tx, id, ifMatch);
        const isSwitchedOn = changes.active === true && !current.active;
        if (isSwitchedOn) await restartPending(tx, id, now);
        const fresh = isSwitchedOn ? { disabled: null, failingSince: null } : {};
        const webhook = nextVersion(current, { ...changes, ...fresh }, now);
        await updateWebhook(tx, webhook, await dueAtOf(tx, webhook));
        await record(tx, ctx, 'updated', id, changes);
        tx.afterCommit(nudge);
        return webhook;
      });
    },

    remove: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        await findCurrent(tx, id, ifMatch);
        await removeWebhook(tx, id, clock.now());
        await record(tx, ctx, 'deleted', id);
      }),

    /** A new secret; the one before signs as well for a day, so that the receiver can change over in peace. */
    rotateSecret: (ctx: Ctx, id: string, ifMatch: number | undefined) =>
      database.transaction(ctx, async (tx) => {
        const current = await findCurrent(tx, id, ifMatch);
        const [secret, now] = [newSecret(), clock.now()];
        const previous = await openSecret(tx, keyring, current);
        const webhook = {
          ...nextVersion(current, {}, now),
          secret: await sealSecret(tx, keyring, 'secret', id, secret),
          previousSecret: await sealSecret(tx, keyring, 'previous_secret', id, previous),
          previousSecretUntil: new Date(now.getTime() + PREVIOUS_SECRET_MS),
        };
        await updateWebhook(tx, webhook, await dueAtOf(tx, webhook));
        await record(tx, ctx, 'secret_rotated', id);
        return { ...webhook, secret };
      }),
  };
};

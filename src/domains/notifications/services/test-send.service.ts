import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Tracing } from '../../../shared/tracing/tracing.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type Delivery, NO_TARGET, type Recipient } from '../models/delivery.ts';
import type { OuterChannel } from '../models/kind.ts';
import { nameOf } from '../models/template.ts';
import { notificationProblems } from '../problems.ts';
import { findDelivery, insertDelivery } from '../repositories/delivery.repository.ts';
import { listSubscriptions } from '../repositories/push-subscription.repository.ts';
import type { People, Person } from './people.ts';

export type TestSendDeps = {
  database: Database;
  clock: Clock;
  tracing: Pick<Tracing, 'traceparent'>;
  config: { readonly notifications: { readonly giveUpAfterMs: number } };
  tenants: Pick<TenantsPort, 'findById'>;
  people: People;
  openChannels: ReadonlySet<OuterChannel>;
  nudge: () => void;
};
export type TestSend = ReturnType<typeof createTestSend>;

const { template_not_found, channel_not_available, not_reachable } = notificationProblems;

/** Sends a template, with an example filled in, to whoever asks for it. It is delivered like any other message. */
export const createTestSend = (deps: TestSendDeps) => {
  const { database, clock, tracing, config, tenants, people, openChannels, nudge } = deps;

  const targetOf = async (ctx: Ctx, person: Person | undefined, channel: OuterChannel): Promise<string> => {
    const page = { limit: 1, after: undefined };
    const [device] =
      channel === 'push' ? await listSubscriptions(database.read(ctx.tenantId), ctx.userId, page) : [];
    const isReachable = {
      email: person?.email != null,
      sms: person?.phone != null,
      push: device !== undefined,
    };
    if (!isReachable[channel]) throw new AppError(not_reachable);
    return device?.id ?? NO_TARGET;
  };

  return async (ctx: Ctx, key: string): Promise<Delivery> => {
    const name = nameOf(key);
    if (!name) throw new AppError(template_not_found);
    const { kind, channel, language } = name;
    if (channel === 'inApp' || !openChannels.has(channel)) throw new AppError(channel_not_available);
    const tenant = await tenants.findById(ctx.tenantId);
    const recipient: Recipient = { type: 'user', id: ctx.userId };
    const person = tenant && (await people.find(database.read(ctx.tenantId), tenant, recipient));
    const targetId = await targetOf(ctx, person, channel);
    return database.transaction(ctx, async (tx) => {
      const [id, now] = [newId(), clock.now()];
      insertDelivery(tx, {
        id,
        eventId: newId(),
        kind,
        channel,
        recipient,
        targetId,
        requestId: ctx.requestId,
        facts: { example: true, language },
        dueAt: now,
        giveUpAt: new Date(now.getTime() + config.notifications.giveUpAfterMs),
        createdAt: now,
        traceparent: tracing.traceparent() ?? null,
      });
      tx.afterCommit(nudge);
      const delivery = await findDelivery(tx, id);
      if (!delivery) throw new Error('A delivery vanished inside its transaction');
      return delivery;
    });
  };
};

import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { UpdatePreferences } from '../models/preferences.ts';
import type { NewPushSubscription } from '../models/push-subscription.ts';
import type { InboxService } from '../services/inbox.service.ts';
import type { PreferenceService } from '../services/preference.service.ts';
import type { PushSubscriptionService } from '../services/push-subscription.service.ts';
import type { ListNotifications } from '../validators/notification.ts';

type One = { params: { id: string } };

/** What everybody does with their own notifications. */
export const createNotificationController = (
  inbox: InboxService,
  preferences: PreferenceService,
  subscriptions: PushSubscriptionService,
) => ({
  list: (ctx: Ctx, { query }: { query: ListNotifications }) => inbox.list(ctx, query),
  read: (ctx: Ctx, { params }: One) => inbox.read(ctx, params.id),
  readAll: (ctx: Ctx) => inbox.readAll(ctx),
  preferences: (ctx: Ctx) => preferences.get(ctx),
  updatePreferences: (
    ctx: Ctx,
    { body, ifMatch }: { body: UpdatePreferences; ifMatch: number | undefined },
  ) => preferences.update(ctx, body, ifMatch),
  subscribe: (ctx: Ctx, { body }: { body: NewPushSubscription }) => subscriptions.subscribe(ctx, body),
  subscriptions: (ctx: Ctx, { query }: { query: PageQuery }) => subscriptions.list(ctx, query),
  unsubscribe: (ctx: Ctx, { params }: One) => subscriptions.unsubscribe(ctx, params.id),
});
export type NotificationController = ReturnType<typeof createNotificationController>;

import type { AuditTrail } from '../../database/audit.ts';
import type { Database } from '../../database/db.ts';
import type { Keyring } from '../../database/keyring.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Reaction } from '../../events/reaction.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { Tracing } from '../../shared/tracing/tracing.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import { createWebhookController } from './controllers/webhook.controller.ts';
import { findBacklog } from './repositories/webhook.repository.ts';
import { eventFeedRoutes } from './routes/event-feed.routes.ts';
import { webhookRoutes } from './routes/webhook.routes.ts';
import { createDeliveryService } from './services/delivery.service.ts';
import { createEventFeed } from './services/event-feed.service.ts';
import { demandGoodTarget } from './services/good-target.ts';
import { createPost } from './services/post.ts';
import { createWebhookCollector, type HappenedEvent } from './services/webhook-collector.ts';
import { createWebhookSender } from './services/webhook-sender.ts';
import { createWebhookService } from './services/webhook.service.ts';
import { createWebhookValidators } from './validators/webhook.ts';

export { webhookChores } from './chores.ts';
export { webhookEvents } from './events.ts';
export { PublicEvent } from './models/public-event.ts';
export { sealedOfWebhooks } from './repositories/sealed.repository.ts';
export { webhookProblems } from './problems.ts';

export type WebhooksDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  keyring: Keyring;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'deliveries'>;
  tracing: Tracing;
  config: Pick<Config, 'webhooks'>;
  /** Every event of the installation. */
  eventCatalogue: EventCatalogue;
};

/** Tells other systems what happens. `sweep` is to be called every second. */
export type Webhooks = {
  readonly collector: Reaction<HappenedEvent>;
  sweep(): Promise<void>;
  /** How many webhooks are due, and since when the oldest is. */
  backlog(): Promise<{ waiting: number; oldest: Date | null } | undefined>;
  stop(): Promise<void>;
};

export const createWebhooks = (deps: WebhooksDeps): { routes: RouteGroup[]; webhooks: Webhooks } => {
  const { webhooks: rules } = deps.config;
  const { sweep, nudge, stop } = createWebhookSender({ ...deps, post: createPost(rules.allowedAddresses) });
  const parts = { ...deps, nudge, demandTarget: demandGoodTarget(rules) };
  const controller = createWebhookController(
    createWebhookService(parts),
    createDeliveryService(parts),
    createEventFeed(deps),
  );
  const validators = createWebhookValidators(Object.keys(deps.eventCatalogue));
  return {
    routes: [webhookRoutes(controller, validators), eventFeedRoutes(controller)],
    webhooks: {
      collector: createWebhookCollector(parts),
      sweep,
      backlog: () => findBacklog(deps.database.system, deps.clock.now()),
      stop,
    },
  };
};

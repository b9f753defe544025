import type { AuditTrail } from '../../database/audit.ts';
import type { Database } from '../../database/db.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Reaction } from '../../events/reaction.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Mailer } from '../../shared/mail/mailer.ts';
import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { Tracing } from '../../shared/tracing/tracing.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import type { DoctorsPort } from '../doctors/index.ts';
import type { PatientsPort } from '../patients/index.ts';
import type { TenantsPort } from '../tenants/index.ts';
import { createNotificationController } from './controllers/notification.controller.ts';
import { createSendingController } from './controllers/sending.controller.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import type { OuterChannel } from './models/kind.ts';
import { createReminderLinks } from './models/reminder-link.ts';
import type { UsersPort, VisitsPort, VisitZones } from './ports.ts';
import { createEmailProvider } from './providers/email.ts';
import type { Provider } from './providers/provider.ts';
import { createPushProvider } from './providers/push.ts';
import { createSmsProvider } from './providers/sms.ts';
import { listBacklog } from './repositories/delivery.repository.ts';
import { notificationRoutes } from './routes/notification.routes.ts';
import { sendingRoutes } from './routes/sending.routes.ts';
import { createDeliveryService } from './services/delivery.service.ts';
import { createDispatch } from './services/dispatch.service.ts';
import { createInboundSms, createNumberHash, type InboundSms } from './services/inbound-sms.service.ts';
import { createInboxService } from './services/inbox.service.ts';
import { type MessagesOfUsers, messagesOfUsers } from './services/message-export.ts';
import { createPeople } from './services/people.ts';
import { createPreferenceService } from './services/preference.service.ts';
import { createPushSubscriptionService } from './services/push-subscription.service.ts';
import { createReaction, type HappenedEvent, type ToldNotification } from './services/reaction.ts';
import { createReminderAnswers, type ReminderAnswers } from './services/reminder-answers.service.ts';
import { createReminderPlan } from './services/reminder-plan.service.ts';
import { createReminderSweep } from './services/reminder-sweep.service.ts';
import { createSender } from './services/sender.service.ts';
import { createTemplateService } from './services/template.service.ts';
import { traceProvider, traceSending } from './services/trace-sending.ts';
import { createTestSend } from './services/test-send.service.ts';
import { createWording } from './services/wording.ts';

export { notificationChores } from './chores.ts';
export { notificationEvents } from './events.ts';
export { isSignedBy } from './models/twilio-signature.ts';
export type { UsersPort, VisitsPort, VisitZones } from './ports.ts';
export { notificationProblems } from './problems.ts';
export { messageExport, type MessagesOfUsers } from './services/message-export.ts';
export type { AskedVisit, ReminderAnswers } from './services/reminder-answers.service.ts';
export type { InboundSms, SmsAnswer } from './services/inbound-sms.service.ts';

export type NotificationsDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'deliveries'>;
  tracing: Tracing;
  mailer: Mailer | undefined;
  config: Pick<Config, 'redis' | 'streamPrefix' | 'publicUrl' | 'jwt' | 'notifications'>;
  tenants: Pick<TenantsPort, 'findById' | 'settings'>;
  patients: Pick<PatientsPort, 'find'>;
  doctors: Pick<DoctorsPort, 'visitNames' | 'userOfDoctor'> & VisitZones;
  users: UsersPort;
  visits: VisitsPort;
};

/** What keeps messages going in a process. */
export type NotificationWork = {
  readonly reaction: Reaction<HappenedEvent>;
  /** Says which reminders are due, and puts what is due into the queues. */
  sweep(): Promise<void>;
  /** Has `listener` called with what somebody is told inside the product from now on, after it is committed. */
  onTold(listener: (notification: ToldNotification) => void): void;
  /** What is due and in no queue, by channel, and how many jobs the queues hold. */
  backlog(): Promise<{ due: Awaited<ReturnType<typeof listBacklog>>; queued: Record<string, number> }>;
  /** Begins to send; resolves when it has begun. */
  start(): Promise<void>;
  /** Ends after the sending under way. */
  stop(): Promise<void>;
};

/** What people are told: inside the product, by mail, SMS and push, and when they are reminded. */
export const createNotifications = (
  deps: NotificationsDeps,
): {
  routes: RouteGroup[];
  work: NotificationWork;
  answers: ReminderAnswers;
  inboundSms: InboundSms;
  readonly messages: MessagesOfUsers;
} => {
  const { config, database, logger } = deps;
  const links = createReminderLinks(config.jwt.refreshSecret);
  const hashOfNumber = createNumberHash(config.jwt.refreshSecret);
  const providers = createProviders({ ...deps, hashOfNumber });
  const openChannels = new Set(Object.keys(providers) as OuterChannel[]);
  const people = createPeople(deps);
  const wording = createWording({ ...deps, links });
  const parts = { ...deps, providers, openChannels, links, hashOfNumber, people, wording };

  const sender = createSender({ ...parts, mailFrom: deps.mailer?.address ?? '' });
  const send = traceSending(deps.tracing, sender.send);
  const queue = createDeliveryQueue({ config, logger, channels: openChannels, send });
  const dispatch = createDispatch({ ...parts, queue });
  const { nudge } = dispatch;
  let listenToTold: (notification: ToldNotification) => void = () => undefined;
  const told = (notification: ToldNotification) => {
    listenToTold(notification);
  };
  const reaction = createReaction({ ...parts, told, nudge, reminders: createReminderPlan(deps) });
  const reminderSweep = createReminderSweep(deps);
  const answers = createReminderAnswers(parts);

  const own = createNotificationController(
    createInboxService(deps),
    createPreferenceService(deps),
    createPushSubscriptionService(deps),
  );
  const sending = createSendingController(
    createTemplateService(deps),
    createDeliveryService({ ...parts, nudge }),
    createTestSend({ ...parts, nudge }),
  );
  return {
    routes: [notificationRoutes(own), sendingRoutes(sending)],
    work: {
      reaction,
      onTold: (listener) => {
        listenToTold = listener;
      },
      sweep: async () => {
        await reminderSweep.sweep();
        await dispatch.sweep();
      },
      backlog: async () => ({
        due: await listBacklog(database.system, deps.clock.now()),
        queued: await queue.depths(),
      }),
      start: queue.start,
      stop: async () => {
        await dispatch.idle();
        await queue.stop();
      },
    },
    answers,
    messages: messagesOfUsers(deps),
    inboundSms: createInboundSms({ ...parts, database, answers }),
  };
};

type ProviderDeps = NotificationsDeps & { hashOfNumber: (number: string) => Buffer };
const createProviders = (deps: ProviderDeps): Partial<Record<OuterChannel, Provider>> => {
  const {
    config: { notifications },
    database,
    mailer,
    tracing,
  } = deps;
  return {
    ...(mailer && { email: traceProvider(tracing, 'smtp', createEmailProvider(mailer)) }),
    ...(notifications.sms && {
      sms: traceProvider(tracing, 'sms', createSmsProvider(notifications.sms, deps)),
    }),
    ...(notifications.push && {
      push: traceProvider(tracing, 'push', createPushProvider(notifications.push, database)),
    }),
  };
};

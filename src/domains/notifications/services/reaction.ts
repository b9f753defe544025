import { z } from 'zod';
import type { Db, Tx } from '../../../database/db.ts';
import type { Reaction } from '../../../events/reaction.ts';
import type { Tracing } from '../../../shared/tracing/tracing.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Tenant, TenantsPort } from '../../tenants/index.ts';
import type { DoctorsPort } from '../../doctors/index.ts';
import { NO_TARGET, type Recipient } from '../models/delivery.ts';
import type { Notification } from '../models/notification.ts';
import { type OuterChannel, outerChannels } from '../models/kind.ts';
import { type Audience, isTold, type Plan, plansFor, visitToRemindOf } from '../models/plan.ts';
import { uses } from '../models/preferences.ts';
import { sendableAt } from '../models/quiet-hours.ts';
import type { UsersPort } from '../ports.ts';
import { insertDelivery } from '../repositories/delivery.repository.ts';
import { insertNotification } from '../repositories/notification.repository.ts';
import { listSubscriptions } from '../repositories/push-subscription.repository.ts';
import type { People, Person } from './people.ts';
import type { ReminderPlan, VisitToRemindOf } from './reminder-plan.service.ts';
import type { Wording } from './wording.ts';

export type ReactionDeps = {
  clock: Clock;
  tracing: Pick<Tracing, 'traceparent'>;
  config: { readonly notifications: { readonly giveUpAfterMs: number } };
  tenants: Pick<TenantsPort, 'findById'>;
  doctors: Pick<DoctorsPort, 'userOfDoctor'>;
  users: UsersPort;
  people: People;
  wording: Wording;
  reminders: ReminderPlan;
  /** The channels that this installation can send over. */
  openChannels: ReadonlySet<OuterChannel>;
  /** Called after the commit of a notification. */
  told: (notification: ToldNotification) => void;
  /** Called after the commit of deliveries. */
  nudge: () => void;
};

/** An event as the stream brings it. */
export type HappenedEvent = {
  readonly id: string;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly requestId: string;
  readonly occurredAt: Date;
};

/** What somebody has been told inside the product. */
export type ToldNotification = Notification & { readonly tenantId: string; readonly userId: string };

/** What is known of an event before it is handled: the visit that it changed, and who is to be told what. */
type Prepared = {
  readonly tenant: Tenant;
  readonly visit: VisitToRemindOf | undefined;
  readonly audience: readonly { readonly plan: Plan; readonly person: Person }[];
};

const MAX_DEVICES = 20;
const NewOffsets = z.object({ reminderOffsetsMinutes: z.array(z.int()) });

/** Turns events into rows: what is told inside the product, what is to be sent, and what is to be reminded of. */
export const createReaction = (deps: ReactionDeps): Reaction<HappenedEvent, Prepared | undefined> => {
  const { clock, config, tenants, doctors, users, people, wording, reminders, openChannels } = deps;
  const { told, nudge, tracing } = deps;

  const recipientsOf = async (db: Db, audience: Audience): Promise<Recipient[]> => {
    if ('patientId' in audience) return [{ type: 'patient', id: audience.patientId }];
    if ('linkId' in audience) return [{ type: 'account_link', id: audience.linkId }];
    if ('role' in audience) return (await users.listAdminIds(db)).map((id) => ({ type: 'user', id }));
    const userId = await doctors.userOfDoctor(db, audience.doctorId);
    return userId === undefined ? [] : [{ type: 'user', id: userId }];
  };

  /** Where the person can be reached over the channel: a device each for push. */
  const targetsOf = async (db: Db, person: Person, channel: OuterChannel): Promise<string[]> => {
    if (channel === 'email') return person.email === null ? [] : [NO_TARGET];
    if (channel === 'sms') return person.phone === null ? [] : [NO_TARGET];
    if (person.userId === null) return [];
    const page = { limit: MAX_DEVICES, after: undefined };
    return (await listSubscriptions(db, person.userId, page)).map(({ id }) => id);
  };

  type Telling = { readonly event: HappenedEvent; readonly plan: Plan; readonly tenant: Tenant };

  const tellInApp = async (tx: Tx, person: Person & { userId: string }, { event, plan, tenant }: Telling) => {
    const { kind, facts } = plan;
    const { title, text } = await wording.write(tx, tenant, { kind, channel: 'inApp', person, facts });
    const notification = {
      id: newId(),
      userId: person.userId,
      eventId: event.id,
      kind,
      title,
      body: text,
      appointmentId: facts.appointmentId ?? null,
      readAt: null,
      createdAt: clock.now(),
    };
    insertNotification(tx, notification);
    tx.afterCommit(() => {
      told({ ...notification, tenantId: tenant.id });
    });
  };

  const planDeliveries = async (tx: Tx, person: Person, { event, plan }: Telling): Promise<void> => {
    const { kind, facts } = plan;
    const now = clock.now();
    const startsAt = facts.startsAt === undefined ? undefined : new Date(facts.startsAt);
    const quiet = { quietHours: person.preferences.quietHours, timezone: person.timezone };
    for (const channel of outerChannels) {
      if (!openChannels.has(channel) || !uses(person.preferences, kind, channel)) continue;
      for (const targetId of await targetsOf(tx, person, channel)) {
        const dueAt = sendableAt(now, quiet, startsAt);
        insertDelivery(tx, {
          id: newId(),
          eventId: event.id,
          kind,
          channel,
          recipient: person.recipient,
          targetId,
          requestId: event.requestId,
          facts,
          dueAt,
          giveUpAt: new Date(dueAt.getTime() + config.notifications.giveUpAfterMs),
          createdAt: now,
          traceparent: tracing.traceparent() ?? null,
        });
      }
    }
    tx.afterCommit(nudge);
  };

  const findAudience = async (tx: Tx, tenant: Tenant, plan: Plan) => {
    const recipients = await recipientsOf(tx, plan.audience);
    const found = await Promise.all(recipients.map((recipient) => people.find(tx, tenant, recipient)));
    return found.flatMap((person) => (person ? [{ plan, person }] : []));
  };

  /** Whoever is concerned twice is told once, of what comes first. */
  const tell = async (tx: Tx, event: HappenedEvent, { tenant, audience }: Prepared): Promise<void> => {
    const reached = new Set<string>();
    for (const { plan, person } of audience) {
      const { userId, recipient } = person;
      const key = userId ?? recipient.id;
      if (reached.has(key)) continue;
      reached.add(key);
      const telling = { event, plan, tenant };
      if (userId !== null && uses(person.preferences, plan.kind, 'inApp')) {
        await tellInApp(tx, { ...person, userId }, telling);
      }
      await planDeliveries(tx, person, telling);
    }
  };

  const keepReminders = async (tx: Tx, event: HappenedEvent, { visit }: Prepared): Promise<void> => {
    if (visit) await reminders.visitChanged(tx, visit, event.occurredAt);
    if (event.type !== 'tenant.settings_changed') return;
    const offsets = NewOffsets.safeParse(event.payload).data?.reminderOffsetsMinutes;
    if (offsets) await reminders.offsetsChanged(tx, offsets, event.occurredAt);
  };

  return {
    concerns: (event: HappenedEvent): boolean =>
      isTold(event.type) || event.type.startsWith('appointment.') || event.type === 'tenant.settings_changed',

    /** Nothing for a clinic that is not served. */
    prepare: async (tx: Tx, event: HappenedEvent): Promise<Prepared | undefined> => {
      const tenant = await tenants.findById(event.tenantId);
      if (tenant?.status !== 'active') return undefined;
      const visitId = visitToRemindOf(event);
      const plans = plansFor(event);
      const [visit, ...audiences] = await Promise.all([
        visitId === undefined ? undefined : reminders.find(tx, visitId),
        ...plans.map((plan) => findAudience(tx, tenant, plan)),
      ]);
      return { tenant, visit, audience: audiences.flat() };
    },

    handle: async (tx: Tx, event: HappenedEvent, prepared: Prepared | undefined): Promise<void> => {
      if (!prepared) return;
      await keepReminders(tx, event, prepared);
      await tell(tx, event, prepared);
    },
  };
};

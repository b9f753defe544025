import type { Database, Db } from '../../../database/db.ts';
import type { Metrics } from '../../../shared/metrics/metrics.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import type { Tenant, TenantsPort } from '../../tenants/index.ts';
import { createCircuitBreaker } from '../models/circuit-breaker.ts';
import type { Delivery } from '../models/delivery.ts';
import type { OuterChannel } from '../models/kind.ts';
import { backoffMs } from '../models/retry.ts';
import type { VisitsPort } from '../ports.ts';
import { type Outgoing, type Provider, ProviderError, type Receipt } from '../providers/provider.ts';
import {
  claim,
  endAttempt,
  findDelivery,
  type Job,
  markHandedOver,
  type Outcome,
  postpone,
} from '../repositories/delivery.repository.ts';
import type { People } from './people.ts';
import type { Wording } from './wording.ts';

export type SenderDeps = {
  database: Database;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'deliveries'>;
  config: { readonly notifications: { readonly leaseMs: number } };
  tenants: Pick<TenantsPort, 'findById'>;
  people: People;
  wording: Wording;
  visits: Pick<VisitsPort, 'find' | 'invitation'>;
  providers: Readonly<Partial<Record<OuterChannel, Provider>>>;
  /** The address that mails come from, which answers to an invitation go to. */
  mailFrom: string;
};

const MAX_DETAIL_CHARACTERS = 500;

/** Why a delivery is of no use any more. */
class NoUse extends Error {}
/** Another sender has taken over. */
class TakenOver extends Error {}

const STILL_TO_COME = ['pending', 'confirmed'];
const WITH_INVITATION = [
  'appointment_requested',
  'appointment_booked',
  'appointment_confirmed',
  'appointment_rescheduled',
  'appointment_cancelled',
];

/** Sends deliveries. Whoever sends one claims its row first, so that it is in one sender's hands, however often a queue names it. */
export const createSender = (deps: SenderDeps) => {
  const { database, clock, logger, config, tenants, people, wording, visits, providers, mailFrom } = deps;
  const breakers = {
    email: createCircuitBreaker(clock),
    sms: createCircuitBreaker(clock),
    push: createCircuitBreaker(clock),
  };

  /** What is told late must still be true: of a visit that has been cancelled, moved or is over, only that is told. */
  const demandUse = async (db: Db, { kind, facts }: Delivery): Promise<void> => {
    if (facts.answerBy !== undefined && new Date(facts.answerBy) <= clock.now()) throw new NoUse('too_late');
    if (facts.appointmentId === undefined) return;
    const visit = await visits.find(db, facts.appointmentId);
    if (!visit) throw new NoUse('superseded');
    if (kind.endsWith('_cancelled')) return;
    if (!STILL_TO_COME.includes(visit.status)) throw new NoUse('superseded');
    if (visit.startsAt <= clock.now()) throw new NoUse('too_late');
    if (kind === 'appointment_reminder' && visit.startsAt.toISOString() !== facts.startsAt) {
      throw new NoUse('superseded');
    }
  };

  const invitationFor = async (db: Db, { kind, channel, facts }: Delivery, attendeeEmail: string | null) => {
    if (channel !== 'email' || facts.appointmentId === undefined || attendeeEmail === null) return undefined;
    if (!WITH_INVITATION.includes(kind)) return undefined;
    return visits.invitation(db, facts.appointmentId, { organizerEmail: mailFrom, attendeeEmail });
  };

  const outgoingOf = async (db: Db, tenant: Tenant, delivery: Delivery): Promise<Outgoing> => {
    const { kind, channel, facts, recipient } = delivery;
    await demandUse(db, delivery);
    const person = await people.find(db, tenant, recipient);
    if (!person) throw new NoUse('recipient_gone');
    const message = await wording.write(db, tenant, { kind, channel, person, facts });
    return { delivery, tenant, person, message, calendar: await invitationFor(db, delivery, person.email) };
  };

  const sendClaimed = async (db: Db, id: string, attempts: number): Promise<Receipt> => {
    const [delivery, tenant] = [await findDelivery(db, id), await tenants.findById(db.tenantId)];
    const provider = delivery && providers[delivery.channel];
    if (!delivery || tenant?.status !== 'active') throw new NoUse('tenant_inactive');
    if (!provider) throw new ProviderError('later', 'not_configured', 'The channel is not configured');
    return provider.send(await outgoingOf(db, tenant, delivery), async () => {
      if (!(await markHandedOver(db, { id, attempts }, clock.now()))) throw new TakenOver();
    });
  };

  /** What the row says after an attempt that did not succeed. */
  const outcomeOf = (error: unknown, giveUpAt: Date, attempts: number): Outcome => {
    if (error instanceof NoUse) return { status: 'dropped', dueAt: null, problem: error.message };
    const known = error instanceof ProviderError ? error : undefined;
    const problem = known?.problem ?? 'internal_error';
    const detail = known?.message.slice(0, MAX_DETAIL_CHARACTERS);
    if (known && known.fate !== 'later') return { status: 'failed', dueAt: null, problem, detail };
    const waitMs = Math.max(backoffMs(attempts, Math.random()), known?.retryAfterMs ?? 0);
    const dueAt = new Date(clock.now().getTime() + waitMs);
    return dueAt > giveUpAt
      ? { status: 'failed', dueAt: null, problem, detail }
      : { status: 'pending', dueAt, problem, detail };
  };

  const attempt = async (db: Db, { id, channel }: Job, attempts: number): Promise<Outcome | undefined> => {
    try {
      const { messageId } = await sendClaimed(db, id, attempts);
      breakers[channel].succeeded();
      return { status: 'sent', dueAt: null, providerMessageId: messageId };
    } catch (error) {
      if (error instanceof TakenOver) return undefined;
      if (error instanceof ProviderError && error.fate === 'later') breakers[channel].failed();
      const isOurs = !(error instanceof NoUse || error instanceof ProviderError);
      if (isOurs) logger.error({ err: error, deliveryId: id, channel }, 'A delivery could not be made ready');
      const delivery = await findDelivery(db, id);
      return delivery && outcomeOf(error, delivery.giveUpAt, attempts);
    }
  };

  return {
    /** Sends one delivery, if it is still to be sent. Rejects only when the database is away; the row is then taken back in time. */
    send: async (job: Job): Promise<void> => {
      const db = database.read(job.tenantId);
      const now = clock.now();
      const closedUntil = breakers[job.channel].closedUntil();
      if (closedUntil) {
        await postpone(database.system, [job], closedUntil);
        return;
      }
      const leaseUntil = new Date(now.getTime() + config.notifications.leaseMs);
      if (!(await claim(db, job, { now, leaseUntil }))) return;
      const attempts = job.attempts + 1;
      const outcome = await attempt(db, job, attempts);
      if (!outcome) return;
      deps.metrics.deliveries.inc({
        channel: job.channel,
        outcome: outcome.status === 'pending' ? 'again' : outcome.status,
      });
      await endAttempt(db, { id: job.id, attempts }, outcome, clock.now());
      if (outcome.status === 'failed') {
        const { tenantId, id, channel } = job;
        logger.warn(
          { tenantId, deliveryId: id, channel, problem: outcome.problem },
          'A delivery has failed for good',
        );
      }
    },
  };
};

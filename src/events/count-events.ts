import type { DomainEvent } from '../database/outbox.ts';
import type { Metrics } from '../shared/metrics/metrics.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { LogControl } from '../shared/utils/log-control.ts';
import type { EventCount } from './handle-events.ts';

/** Counts what has been committed, and what of it an operator watches day by day. */
export const countEvents = ({
  domainEvents,
  bookings,
  cancellations,
  signUps,
}: Pick<Metrics, 'domainEvents' | 'bookings' | 'cancellations' | 'signUps'>) => {
  // Told from the start, so that the first one is an increase and not a beginning.
  for (const kind of ['clinic', 'patient']) signUps.inc({ kind }, 0);
  const also: Readonly<Record<string, (payload: DomainEvent['payload']) => void>> = {
    'appointment.booked': () => {
      bookings.inc();
    },
    'appointment.cancelled': () => {
      cancellations.inc();
    },
    'tenant.created': () => {
      signUps.inc({ kind: 'clinic' });
    },
    // The owner of a clinic that signs up registers as well.
    'user.registered': ({ role }) => {
      if (role === 'patient') signUps.inc({ kind: 'patient' });
    },
  };
  return (events: readonly DomainEvent[]): void => {
    for (const { type, payload } of events) {
      domainEvents.inc({ type });
      also[type]?.(payload);
    }
  };
};

type CountDeps = {
  readonly metrics: Pick<Metrics, 'handledEvents' | 'eventDelays'>;
  readonly clock: Clock;
  readonly logControl: Pick<LogControl, 'talkative'>;
};

/** Counts what consumers do, and how long after the commit. */
export const eventCount = ({
  metrics: { handledEvents, eventDelays },
  clock,
  logControl,
}: CountDeps): EventCount => ({
  handled: (consumer, events) => {
    handledEvents.inc({ consumer, outcome: 'handled' }, events.length);
    const now = clock.now().getTime();
    for (const { tenantId, id, type, occurredAt } of events) {
      logControl.talkative(tenantId)?.debug({ tenantId, consumer, eventId: id, type }, 'event');
      eventDelays.observe(Math.max(0, now - occurredAt.getTime()) / 1_000, consumer);
    }
  },
  failed: (consumer) => {
    handledEvents.inc({ consumer, outcome: 'failed' });
  },
});

import type { SystemDb } from '../database/db.ts';
import { count, sql } from '../database/sql.ts';
import { watch } from '../shared/metrics/gauges.ts';
import type { Metrics } from '../shared/metrics/metrics.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { EventBus } from './event-bus.ts';

type FigureDeps = {
  readonly metrics: Metrics;
  readonly database: { readonly system: SystemDb };
  readonly bus: EventBus;
  readonly clock: Clock;
};

/** Beyond that many it makes no difference how many wait, and counting them would. */
const COUNTED = 10_000;

const findBacklog = (db: SystemDb) =>
  db.one<{ waiting: number; oldest: Date | null }>(sql`
    SELECT COUNT(*) AS waiting, MIN(occurred_at) AS oldest FROM (
      SELECT occurred_at FROM outbox FORCE INDEX (ix_outbox_unpublished)
      WHERE published_at IS NULL LIMIT ${count(COUNTED)}) unpublished`);

/** Since when somebody waits, as seconds. */
export const secondsSince = (oldest: Date | null | undefined, clock: Clock): number =>
  oldest ? Math.max(0, (clock.now().getTime() - oldest.getTime()) / 1_000) : 0;

/** How far relay and consumers are behind. All processes read the same outbox and stream. */
export const watchEvents = ({ metrics, database, bus, clock }: FigureDeps): void => {
  watch(metrics, {
    aggregator: 'max',
    read: () => findBacklog(database.system),
    gauges: {
      outbox_unpublished_events: [
        `Events that wait for the relay; ${COUNTED} stands for that many or more`,
        (backlog) => backlog?.waiting ?? 0,
      ],
      outbox_lag_seconds: [
        'Age of the oldest event that waits for the relay',
        (backlog) => secondsSince(backlog?.oldest, clock),
      ],
    },
  });
  watch(metrics, {
    label: 'bus',
    aggregator: 'min',
    read: async () => {
      await bus.ping();
      return 1;
    },
    otherwise: 0,
    gauges: {
      event_bus_up: [
        'Whether the server that carries events answers',
        (isUp) => ({ [bus.server.toLowerCase()]: isUp }),
      ],
    },
  });
  watch(metrics, {
    label: 'consumer',
    aggregator: 'max',
    read: bus.backlog,
    gauges: {
      event_stream_lag_events: [
        'Events of the stream that no consumer of the name was given',
        ({ lag }) => lag,
      ],
      event_stream_pending_events: [
        'Events that a consumer of the name was given and has not acknowledged',
        ({ pending }) => pending,
      ],
    },
  });
};

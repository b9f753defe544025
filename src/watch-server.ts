import { collectDefaultMetrics, Gauge } from 'prom-client';
import type { Domains } from './composition/domains.ts';
import { sql } from './database/sql.ts';
import { secondsSince, watchEvents } from './events/figures.ts';
import type { Infrastructure } from './infrastructure.ts';
import { watch } from './shared/metrics/gauges.ts';
import { version } from './version.ts';
import type { Realtime } from './websocket/realtime.ts';

/** Whether what the process needs is there. */
const watchParts = ({ metrics, database, redis }: Infrastructure) => {
  const up = { aggregator: 'min', otherwise: 0 } as const;
  watch(metrics, {
    ...up,
    read: () => database.system.one(sql`SELECT 1`).then(() => 1),
    gauges: { database_up: ['Whether the database answers', (answer) => answer] },
  });
  watch(metrics, {
    ...up,
    read: () => redis.ping().then(() => 1),
    gauges: { redis_up: ['Whether Redis answers', (answer) => answer] },
  });
};

/** How much waits to be sent, and for how long. */
const watchDeliveries = ({ metrics, clock }: Infrastructure, { runs, notifications, webhooks }: Domains) => {
  watch(metrics, {
    label: 'channel',
    aggregator: 'max',
    read: async () => {
      const nothing = { due: [], queued: {} };
      const { due, queued } = runs('notifications') ? await notifications.work.backlog() : nothing;
      if (!runs('core')) return { due, queued };
      const hooks = await webhooks.backlog();
      return {
        due: [...due, { channel: 'webhook', waiting: hooks?.waiting ?? 0, oldest: hooks?.oldest }],
        queued,
      };
    },
    gauges: {
      deliveries_due: [
        'Messages, and webhooks with messages, that are due and that nobody has taken up',
        ({ due }) => Object.fromEntries(due.map(({ channel, waiting }) => [channel, waiting])),
      ],
      deliveries_lag_seconds: [
        'Since when the oldest of them is due',
        ({ due }) =>
          Object.fromEntries(due.map(({ channel, oldest }) => [channel, secondsSince(oldest, clock)])),
      ],
      delivery_queue_jobs: ['Messages that wait in the queue of their channel', ({ queued }) => queued],
    },
  });
};

/** Figures of a whole server: of its process, of what it needs, and of what waits. */
export const watchServer = (infrastructure: Infrastructure, domains: Domains, realtime: Realtime): void => {
  const { metrics } = infrastructure;
  const { registry } = metrics;
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'app_info',
    help: 'The version that runs',
    labelNames: ['version', 'node'],
    aggregator: 'first',
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1);
  watch(metrics, {
    aggregator: 'sum',
    read: () => Promise.resolve(realtime.connectionCount()),
    gauges: { websocket_connections: ['Sockets that are open', (count) => count] },
  });
  watchParts(infrastructure);
  watchEvents(infrastructure);
  watchDeliveries(infrastructure, domains);
};

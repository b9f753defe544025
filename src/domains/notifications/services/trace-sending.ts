import { during } from '../../../shared/tracing/span.ts';
import type { Tracing } from '../../../shared/tracing/tracing.ts';
import type { Provider } from '../providers/provider.ts';
import type { Job } from '../repositories/delivery.repository.ts';

/** What a sender does with a job follows from what wrote its row, however long ago that was. */
export const traceSending = (tracing: Tracing, send: (job: Job) => Promise<void>): typeof send =>
  tracing.isOn
    ? (job) => {
        const attributes = { 'app.channel': job.channel, 'app.tenant_id': job.tenantId };
        const start = { name: `send ${job.channel}`, kind: 'consumer' as const, attributes };
        return during(tracing.follow(job.traceparent, start), () => send(job));
      }
    : send;

/** How long whoever takes the message took for it; neither whom it is for nor what it says. */
export const traceProvider = (tracing: Tracing, name: string, provider: Provider): Provider =>
  tracing.isOn
    ? {
        send: (outgoing, handOver) =>
          during(tracing.begin({ name, kind: 'client' }), () => provider.send(outgoing, handOver)),
      }
    : provider;

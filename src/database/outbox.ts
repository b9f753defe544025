import { type Tracing, untraced } from '../shared/tracing/tracing.ts';
import type { RequestCtx } from '../shared/types/context.ts';
import { newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Tx } from './db.ts';
import { bin, rows, sql } from './sql.ts';

/** Something that happened, `domain.happened` in the past tense. `payload` is what goes over the wire. */
export type DomainEvent = { readonly type: string; readonly payload: Readonly<Record<string, unknown>> };

export type Outbox = {
  /** Queues events, in this order, in the same transaction as the change they report: all commit, or none. */
  publish(tx: Tx, ctx: Pick<RequestCtx, 'requestId'>, ...events: readonly DomainEvent[]): Promise<void>;
};

/** Is told of events that were committed, and knows of what trace they are a part. */
type OutboxWatch = {
  readonly count?: (events: readonly DomainEvent[]) => void;
  readonly tracing?: Pick<Tracing, 'traceparent'>;
};

/** `nudge` is called after each commit that queued an event, so that the relay need not poll to be quick. */
export const createOutbox = (
  clock: Clock,
  nudge: (tenantId: string) => void,
  { count = () => undefined, tracing = untraced }: OutboxWatch = {},
): Outbox => ({
  publish: (tx, ctx, ...events) => {
    if (events.length === 0) return Promise.resolve();
    const now = clock.now();
    const traceparent = tracing.traceparent() ?? null;
    const tuples = events.map(({ type, payload }) => [
      tx.tenant,
      bin(newId()),
      type,
      JSON.stringify(payload),
      ctx.requestId,
      now,
      traceparent,
    ]);
    tx.later(sql`
      INSERT INTO outbox (tenant_id, id, type, payload, request_id, occurred_at, traceparent)
      VALUES ${rows(tuples)}`);
    tx.afterCommit(() => {
      nudge(tx.tenantId);
      count(events);
    });
    return Promise.resolve();
  },
});

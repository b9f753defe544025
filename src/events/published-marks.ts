import type { Database } from '../database/db.ts';
import { paddedList } from '../database/padded-list.ts';
import { bin, sql } from '../database/sql.ts';
import type { Clock } from '../shared/utils/clock.ts';
import { byTenant } from './by-tenant.ts';
import type { NumberedEvent } from './stored-event.ts';

type Marking = { readonly database: Pick<Database, 'system'>; readonly clock: Clock };
type Marked = Pick<NumberedEvent, 'tenantId' | 'id'>;

export type PublishedMarks = {
  add(events: readonly Marked[]): void;
  /** Whether any wait to be written. */
  areWaiting(): boolean;
  /** Whether so many wait, or for so long, that they should be written before more are added. */
  areDue(): boolean;
  write(): Promise<void>;
  /** What waits is not in the stream any more. */
  forget(): void;
};

const MOST_WAITING = 500;
const WAIT_AT_MOST_MS = 250;

/** Marks events of the outbox as published, at once. */
export const markPublished = async (
  { database, clock }: Marking,
  events: readonly Marked[],
): Promise<void> => {
  for (const [tenantId, ofTenant] of byTenant(events)) {
    await database.system.run(sql`
      UPDATE outbox SET published_at = ${clock.now()}
      WHERE tenant_id = ${bin(tenantId)} AND id IN (${paddedList(ofTenant.map(({ id }) => bin(id)))})`);
  }
};

/**
 * The marks of events that are in the stream, written many at a time, since each writing is a commit. One that is lost with its
 * process makes the next relay append the event again, and the stream takes it once.
 */
export const createPublishedMarks = (marking: Marking): PublishedMarks => {
  let waiting: Marked[] = [];
  let oldestAt = 0;
  return {
    add: (events) => {
      if (waiting.length === 0) oldestAt = performance.now();
      waiting.push(...events);
    },
    areWaiting: () => waiting.length > 0,
    areDue: () => waiting.length >= MOST_WAITING || performance.now() - oldestAt > WAIT_AT_MOST_MS,
    write: async () => {
      const marked = waiting;
      waiting = [];
      await markPublished(marking, marked);
    },
    forget: () => {
      waiting = [];
    },
  };
};

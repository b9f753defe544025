import type { Tx } from '../database/db.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * What follows from events. `handle` acts on one: what it does through `tx` commits together with the fact that it has been done.
 * Those that do not concern it pass by, and leave no trace.
 */
export type Reaction<Event = StoredEvent, Prepared = unknown> = {
  concerns(event: Event): boolean | Promise<boolean>;
  /**
   * Reads what it takes to handle the event, and changes nothing. Of events that came together all are prepared before the first is
   * handled, at once, so that what is read for all of them goes to the database together.
   */
  prepare?(tx: Tx, event: Event): Promise<Prepared>;
  handle(tx: Tx, event: Event, prepared: Prepared): Promise<void>;
};

/** Several that share a consumer, one after the other. */
export const inTurn = (...reactions: readonly Reaction[]): Reaction<StoredEvent, unknown[]> => {
  const concerned = async (event: StoredEvent) => {
    const isConcern = await Promise.all(reactions.map(async (reaction) => reaction.concerns(event)));
    return reactions.filter((_, i) => isConcern[i]);
  };
  return {
    concerns: async (event) => (await concerned(event)).length > 0,
    prepare: async (tx, event) => {
      const asked = await concerned(event);
      return Promise.all(asked.map(async (reaction) => reaction.prepare?.(tx, event)));
    },
    handle: async (tx, event, prepared) => {
      for (const [i, reaction] of (await concerned(event)).entries()) {
        await reaction.handle(tx, event, prepared[i]);
      }
    },
  };
};

import type { Database, Tx } from '../database/db.ts';
import { duplicateKeyOf } from '../database/failures.ts';
import { bin, sql } from '../database/sql.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { StoredEvent } from './stored-event.ts';

/** Acts on an event. What it does through `tx` commits together with the fact that it has been done. */
export type EventHandler = (tx: Tx, event: StoredEvent) => Promise<void>;

export type HandlingDeps = {
  /** The consumer's name in the inbox; at most 40 characters. */
  readonly name: string;
  readonly database: Pick<Database, 'transaction'>;
  readonly handle: EventHandler;
  readonly logger: Logger;
  readonly count?: EventCount;
};

/** Is told of events that were handled, and of each that could not be. */
export type EventCount = {
  handled(consumer: string, events: readonly StoredEvent[]): void;
  failed(consumer: string): void;
};

/** The row waits for another transaction that is handling the same event, then is there if that one committed. */
const takeOnce = async (tx: Tx, consumer: string, { id }: StoredEvent): Promise<boolean> => {
  try {
    await tx.run(sql`
      INSERT INTO inbox (tenant_id, consumer, event_id) VALUES (${tx.tenant}, ${consumer}, ${bin(id)})`);
    return true;
  } catch (error) {
    if (duplicateKeyOf(error) === 'PRIMARY') return false;
    throw error;
  }
};

const isUnavailable = (error: unknown): boolean =>
  error instanceof AppError && error.problem.code === commonProblems.unavailable.code;

/**
 * Handles events of one tenant in order, each once however often it comes, all in one transaction; if that fails,
 * each in its own. Answers those that are done. Throws only when the database is away.
 */
export const handleEvents = async <Event extends StoredEvent>(
  deps: HandlingDeps,
  tenantId: string,
  events: readonly Event[],
): Promise<Event[]> => {
  const { name, database, handle, logger } = deps;
  try {
    await database.transaction({ tenantId }, async (tx) => {
      for (const event of events) if (await takeOnce(tx, name, event)) await handle(tx, event);
    });
    deps.count?.handled(name, events);
    return [...events];
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const [event, ...others] = events;
    if (event && others.length === 0) {
      deps.count?.failed(name);
      const { id, type, requestId } = event;
      logger.error(
        { err: error, consumer: name, eventId: id, type, tenantId, requestId },
        'An event could not be handled; it will be tried again',
      );
      return [];
    }
  }
  const done: Event[] = [];
  for (const event of events) done.push(...(await handleEvents(deps, tenantId, [event])));
  return done;
};

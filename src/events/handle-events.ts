import type { Database, Tx } from '../database/db.ts';
import { duplicateKeyOf } from '../database/failures.ts';
import { bin, list, rows, sql } from '../database/sql.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { Reaction } from './reaction.ts';
import type { StoredEvent } from './stored-event.ts';

export type HandlingDeps = {
  /** The consumer's name in the inbox; at most 40 characters. */
  readonly name: string;
  readonly reaction: Reaction;
  readonly database: Pick<Database, 'transaction'>;
  readonly logger: Logger;
  readonly count?: EventCount;
};

/** Is told of events that were handled, and of each that could not be. */
export type EventCount = {
  handled(consumer: string, events: readonly StoredEvent[]): void;
  failed(consumer: string): void;
};

const listTaken = async (tx: Tx, consumer: string, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  const taken = await tx.many<{ id: string }>(sql`
    SELECT event_id AS id FROM inbox
    WHERE tenant_id = ${tx.tenant} AND consumer = ${consumer} AND event_id IN ${list(ids.map((id) => bin(id)))}`);
  return new Set(taken.map(({ id }) => id));
};

/**
 * Those that have not been handled yet. Their rows wait for another transaction that is handling the same events, and are there
 * already if that one committed.
 */
const takeNew = async <Event extends StoredEvent>(
  tx: Tx,
  consumer: string,
  events: readonly Event[],
): Promise<readonly Event[]> => {
  if (events.length === 0) return events;
  try {
    await tx.run(sql`
      INSERT INTO inbox (tenant_id, consumer, event_id)
      VALUES ${rows(events.map(({ id }) => [tx.tenant, consumer, bin(id)]))}`);
    return events;
  } catch (error) {
    if (duplicateKeyOf(error) !== 'PRIMARY') throw error;
  }
  const ids = events.map(({ id }) => id);
  const taken = await listTaken(tx, consumer, ids);
  return takeNew(
    tx,
    consumer,
    events.filter(({ id }) => !taken.has(id)),
  );
};

const concerning = async <Event extends StoredEvent>(
  reaction: Reaction,
  events: readonly Event[],
): Promise<Event[]> => {
  const isConcern = await Promise.all(events.map(async (event) => reaction.concerns(event)));
  return events.filter((_, i) => isConcern[i]);
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
  const { name, database, reaction, logger } = deps;
  try {
    const concerned = await concerning(reaction, events);
    if (concerned.length > 0) {
      await database.transaction({ tenantId }, async (tx) => {
        const taken = await takeNew(tx, name, concerned);
        const prepared = await Promise.all(taken.map(async (event) => reaction.prepare?.(tx, event)));
        for (const [i, event] of taken.entries()) await reaction.handle(tx, event, prepared[i]);
      });
    }
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

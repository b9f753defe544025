import {
  deleteHandedOver,
  type HandedAuditRow,
  listAuditRowsToHandOver,
} from '../database/audit-handover.ts';
import type { Database, SystemDb } from '../database/db.ts';
import { count, sql } from '../database/sql.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Logger } from '../shared/utils/logger.ts';
import type { HandedEvent } from './accept-events.ts';
import { createAlarm, jittered } from './alarm.ts';
import { createOutage } from './outage.ts';
import { markPublished } from './published-marks.ts';
import type { Relay } from './relay.ts';

const AT_ONCE = 200;
const POLL_MS = 1_000;

export type HandoverDeps = {
  readonly database: Pick<Database, 'system'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Both may be given the same things again, and resolve when these are safe. */
  readonly acceptEvents: (events: readonly HandedEvent[]) => Promise<unknown>;
  readonly acceptAuditRows: (rows: readonly HandedAuditRow[]) => Promise<unknown>;
};

const listEvents = (db: SystemDb) =>
  db.many<HandedEvent>(sql`
    SELECT tenant_id AS tenantId, id, type, CAST(payload AS CHAR) AS payload, request_id AS requestId,
      occurred_at AS occurredAt, traceparent
    FROM outbox FORCE INDEX (ix_outbox_unpublished)
    WHERE published_at IS NULL ORDER BY tenant_id, id LIMIT ${count(AT_ONCE)}`);

/**
 * What stands in for the relay in a process that does not run the core: hands events and rows of the audit trail over to it, at least
 * once and soon after their commit. The core alone numbers the events of a tenant, and seals the trail. Any number of processes may do so.
 */
export const createHandover = (deps: HandoverDeps): Relay => {
  const { database, clock, logger } = deps;
  const alarm = createAlarm();
  const stopping = new AbortController();
  const outage = createOutage('The handover to the core', logger, stopping.signal);

  const handEventsOver = async (): Promise<boolean> => {
    const events = await listEvents(database.system);
    if (events.length === 0) return false;
    await deps.acceptEvents(events);
    await markPublished({ database, clock }, events);
    return events.length === AT_ONCE;
  };

  const handAuditRowsOver = async (): Promise<boolean> => {
    const rows = await listAuditRowsToHandOver(database.system, AT_ONCE);
    if (rows.length === 0) return false;
    await deps.acceptAuditRows(rows);
    await deleteHandedOver(database.system, rows);
    return rows.length === AT_ONCE;
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        const isMore = [await handAuditRowsOver(), await handEventsOver()].includes(true);
        outage.over();
        if (!isMore) await alarm.wait(jittered(POLL_MS));
      } catch (error) {
        await outage.failed(error);
      }
    }
  };

  let running = Promise.resolve();
  return {
    start: () => {
      running = run();
    },
    nudge: () => {
      alarm.ring();
    },
    stop: async () => {
      stopping.abort();
      alarm.ring();
      await running;
    },
  };
};

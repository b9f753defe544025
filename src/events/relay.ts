import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/db.ts';
import { type Tracing, untraced } from '../shared/tracing/tracing.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Logger } from '../shared/utils/logger.ts';
import { createAlarm, jittered } from './alarm.ts';
import { type EventBus, StreamLost } from './event-bus.ts';
import { BATCH_SIZE, numberEvents, numberEventsOf } from './number-events.ts';
import { createOutage } from './outage.ts';
import { listLeftOverTenants, publishNumbered, publishTenant, type Publishing } from './publish-events.ts';
import { createPublishedMarks } from './published-marks.ts';
import { recoverLost } from './recover-lost.ts';

export type RelayDeps = {
  readonly database: Pick<Database, 'system'>;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracing?: Tracing;
  /** How often to look for what other processes left; its own process nudges. */
  readonly pollMs?: number;
  /**
   * How far back events are published again after the bus was emptied: longer than consumers need for an event,
   * repetitions included, and short enough to be done soon.
   */
  readonly lookBackMs?: number;
};

export type Relay = {
  start(): void;
  /** Says that events have committed, of this tenant or of any. Cheap: any number of nudges during a run make one more run. */
  readonly nudge: (tenantId?: string) => void;
  /** Ends after the batch under way; what is left waits in the outbox. */
  stop(): Promise<void>;
};

const BEFORE_ALL_TENANTS = '00000000-0000-0000-0000-000000000000';
const ANY_TENANT = 'any';
const UNTIL_OTHERS_ARE_DONE_MS = 5;
const WAITS_FOR_OTHERS = 20;
const LEFT_OVER_BETWEEN_NEW = 10;
const PAUSE_MS = 20;

/**
 * Moves events from the outbox to the stream: every one at least once, each tenant's in the order of a sequence
 * without gaps. Any number of relays may run. While MySQL or the bus is away it waits and loses nothing.
 */
export const createRelay = (deps: RelayDeps): Relay => {
  const { database, bus, clock, logger, pollMs = 1_000 } = deps;
  const { lookBackMs = 15 * 60 * 1_000, tracing = untraced } = deps;
  const marks = createPublishedMarks({ database, clock });
  const publishing: Publishing = { database, bus, clock, tracing, marks };
  const alarm = createAlarm();
  const stopping = new AbortController();
  const outage = createOutage('The event relay', logger, stopping.signal);
  let nudgedTenants = new Set<string>();
  let mayHaveLost = true;
  const doubtBus = () => {
    mayHaveLost = true;
  };

  /** Reaches every tenant with unnumbered events once. */
  const passTenants = async () => {
    const pass = { isMoreWaiting: false, isHeldByOthers: false };
    let lastTenant: string | undefined = BEFORE_ALL_TENANTS;
    while (lastTenant !== undefined && !stopping.signal.aborted) {
      const batch = await numberEvents(database, lastTenant);
      await publishNumbered(publishing, batch.events);
      pass.isHeldByOthers ||= batch.tenantsHeldByOthers > 0;
      pass.isMoreWaiting ||= batch.lastTenant !== undefined;
      lastTenant = batch.lastTenant;
    }
    return pass;
  };

  const publishUnnumbered = async () => {
    for (let waits = 0; !stopping.signal.aborted;) {
      const { isMoreWaiting, isHeldByOthers } = await passTenants();
      if (isHeldByOthers && waits++ < WAITS_FOR_OTHERS) await sleep(UNTIL_OTHERS_ARE_DONE_MS);
      else if (!isMoreWaiting) return;
    }
  };

  /** New events keep going in between: after a loss this may be long. */
  const publishLeftOver = async () => {
    for (const [i, tenantId] of (await listLeftOverTenants(publishing)).entries()) {
      if (stopping.signal.aborted) return;
      await publishTenant(publishing, tenantId);
      if (i % LEFT_OVER_BETWEEN_NEW === 0) await publishUnnumbered();
    }
  };

  /** The short way for tenants that were nudged for. Whether it was enough. */
  const publishOf = async (tenantIds: readonly string[]): Promise<boolean> => {
    if (tenantIds.length === 0 || tenantIds.length > BATCH_SIZE || tenantIds.includes(ANY_TENANT))
      return false;
    const { events, all } = await numberEventsOf(database, tenantIds);
    await publishNumbered(publishing, events);
    return all;
  };

  const drain = async (isPoll: boolean) => {
    if (!bus.isConnected()) throw new Error(`${bus.server} is away`);
    const isRecovering = mayHaveLost || (isPoll && !(await bus.isWhole()));
    // Cleared before, since the bus may go away again in the meantime.
    mayHaveLost = false;
    if (isRecovering) {
      marks.forget();
      await recoverLost(publishing, lookBackMs);
    }
    const tenantIds = [...nudgedTenants];
    nudgedTenants = new Set();
    if (!(await publishOf(isPoll || isRecovering ? [] : tenantIds))) await publishUnnumbered();
    if (isPoll || isRecovering) await publishLeftOver();
  };

  /** Whether somebody has nudged within the time of a poll. A pause, however short, is used to write marks. */
  const nudged = async (): Promise<boolean> => {
    const isSoon = marks.areWaiting() && (await alarm.wait(PAUSE_MS));
    if (marks.areWaiting() && (!isSoon || marks.areDue())) await marks.write();
    return isSoon || alarm.wait(jittered(pollMs));
  };

  const run = async () => {
    let isPoll = true;
    while (!stopping.signal.aborted) {
      try {
        await drain(isPoll);
        outage.over();
        isPoll = !(await nudged());
      } catch (error) {
        isPoll = true;
        mayHaveLost = true;
        if (!(error instanceof StreamLost)) await outage.failed(error);
      }
    }
    // Whoever runs next would append them again.
    await marks.write().catch(() => undefined);
  };

  let running = Promise.resolve();
  let undoubt = (): void => undefined;
  return {
    start: () => {
      undoubt = bus.onConnected(doubtBus);
      running = run();
    },
    nudge: (tenantId = ANY_TENANT) => {
      nudgedTenants.add(tenantId);
      alarm.ring();
    },
    stop: async () => {
      stopping.abort();
      alarm.ring();
      await running;
      undoubt();
    },
  };
};

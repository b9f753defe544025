import type { Database } from '../database/db.ts';
import { type Tracing, untraced } from '../shared/tracing/tracing.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Logger } from '../shared/utils/logger.ts';
import { createAlarm, jittered } from './alarm.ts';
import { type EventBus, StreamLost } from './event-bus.ts';
import { createOutage } from './outage.ts';
import type { Publishing } from './publish-events.ts';
import { createPasses } from './relay-passes.ts';
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

const ANY_TENANT = 'any';
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
  const { publishUnnumbered, publishLeftOver, publishOf } = createPasses(publishing, stopping.signal);
  let nudgedTenants = new Set<string>();
  let mayHaveLost = true;
  const doubtBus = () => {
    mayHaveLost = true;
  };

  const drain = async (isPoll: boolean) => {
    if (!bus.isConnected()) throw new Error(`${bus.server} is away`);
    const isRecovering = mayHaveLost || (isPoll && !(await bus.isWhole()));
    // Cleared before, since the bus may go away again in the meantime.
    mayHaveLost = false;
    if (isRecovering) {
      marks.forget();
      await recoverLost(publishing, lookBackMs);
    } else if (isPoll) await marks.write();
    const tenantIds = [...nudgedTenants];
    nudgedTenants = new Set();
    const isForAll = isPoll || isRecovering || tenantIds.includes(ANY_TENANT);
    if (isForAll || !(await publishOf(tenantIds))) await publishUnnumbered();
    if (isPoll || isRecovering) await publishLeftOver();
  };

  /** Until somebody nudges, or it is time to poll. A pause, however short, is used to write marks. */
  const waitForNudge = async (untilMs: number): Promise<void> => {
    const isSoon = marks.areWaiting() && (await alarm.wait(PAUSE_MS));
    if (marks.areWaiting() && (!isSoon || marks.areDue())) await marks.write();
    if (!isSoon) await alarm.wait(Math.max(0, untilMs - performance.now()));
  };

  const run = async () => {
    let isPoll = true;
    let pollAt = 0;
    while (!stopping.signal.aborted) {
      try {
        await drain(isPoll);
        outage.over();
        if (isPoll) pollAt = performance.now() + jittered(pollMs);
        await waitForNudge(pollAt);
        isPoll = performance.now() >= pollAt;
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

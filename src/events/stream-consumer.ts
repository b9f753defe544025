import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCluster, type Redis } from '../shared/utils/redis.ts';
import { jittered } from './alarm.ts';
import { byTenant } from './by-tenant.ts';
import * as group from './consumer-group.ts';
import type { GroupMember, PendingEvent } from './consumer-group.ts';
import { handleEvents, type HandlingDeps } from './handle-events.ts';
import { createOutage } from './outage.ts';
import { DEFAULT_STREAM_PREFIX, streamKeys } from './stream-keys.ts';
import { createTenantOrder } from './tenant-order.ts';

const UNBLOCK_EVERY_MS = 20;
const UNBLOCK_AT_MOST = 100;

export type StreamConsumerDeps = HandlingDeps & {
  /** A blocking connection of its own. */
  readonly redis: Redis;
  /** Any connection that fails fast. */
  readonly redisCommands: Redis;
  readonly streamPrefix?: string;
  readonly batchSize?: number;
  readonly blockMs?: number;
  /** After this time an event that was not done is tried again, by whoever comes first. Longer than any handler takes. */
  readonly idleMs?: number;
  /** After this time a consumer that was not heard of, and holds nothing, is forgotten. */
  readonly deadAfterMs?: number;
};

export type StreamConsumer = {
  start(): void;
  /** Ends after the batch under way. Closes no connection. */
  stop(): Promise<void>;
};

/**
 * Hands every event of the stream to `handle`, at least once, and lets its effects in MySQL happen exactly once.
 * Consumers of the same name in many processes share the work. Each tenant's events come in order of their sequence, whichever process
 * has them; one that fails is tried again later, while those behind it go on, and so is what a killed process had in its hands.
 */
export const createStreamConsumer = (deps: StreamConsumerDeps): StreamConsumer => {
  const { name, redis, redisCommands, logger, idleMs = 30_000, deadAfterMs = 600_000 } = deps;
  const member: GroupMember = {
    stream: streamKeys(deps.streamPrefix ?? DEFAULT_STREAM_PREFIX).stream,
    group: name,
    consumer: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    redis,
    commands: redisCommands,
    batchSize: deps.batchSize ?? 100,
    blockMs: deps.blockMs ?? 2_000,
  };
  const stopping = new AbortController();
  const order = createTenantOrder(redisCommands, { ...member, signal: stopping.signal });
  const databaseOutage = createOutage(`Consumer ${name}`, logger, stopping.signal);
  const streamOutage = createOutage(`Consumer ${name}`, logger, stopping.signal);
  let connectionId: number | undefined;
  let nextClaimAt = 0;
  let hasBegun = false;
  let isReading = false;
  const beginAgain = () => {
    hasBegun = false;
  };

  /** What is not done when stopping stays pending. */
  const handleOnceAvailable = async (tenantId: string, events: readonly PendingEvent[]) => {
    while (!stopping.signal.aborted) {
      try {
        const done = await handleEvents(deps, tenantId, events);
        databaseOutage.over();
        return done;
      } catch (error) {
        await databaseOutage.failed(error);
      }
    }
    return [];
  };

  const work = async (events: readonly PendingEvent[]) => {
    const patience = order.patience();
    for (const [tenantId, ofTenant] of byTenant(events)) {
      const [first = 0, last = 0] = [ofTenant[0]?.sequence, ofTenant.at(-1)?.sequence];
      await patience.turnOf(tenantId, first);
      const done = await handleOnceAvailable(tenantId, ofTenant);
      await order.passed(tenantId, last);
      await group.acknowledge(member, done);
    }
  };

  const takeOver = async () => {
    let cursor = '0-0';
    do {
      const { events, trimmedIds, nextCursor } = await group.claimIdle(member, idleMs, cursor);
      if (trimmedIds.length > 0) {
        logger.error({ consumer: name, trimmedIds }, 'Events left the stream before they were handled');
      }
      await work(events);
      cursor = nextCursor;
    } while (cursor !== '0-0' && !stopping.signal.aborted);
    await group.forgetDead(member, deadAfterMs);
    nextClaimAt = performance.now() + jittered(idleMs / 2);
  };

  /** Also after each outage: answers and acknowledgements may have been lost on the way, or the group itself. */
  const begin = async () => {
    hasBegun = true;
    await group.ensureGroup(member);
    // In a cluster it would be the number of a connection to any node: there a read is waited for, which takes no longer than `blockMs`.
    if (!isCluster(redis)) connectionId = await redis.client('ID');
    await work(await group.readOwnPending(member));
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        if (!hasBegun) await begin();
        streamOutage.over();
        if (performance.now() >= nextClaimAt) await takeOver();
        isReading = true;
        const events = await group.readNew(member);
        isReading = false;
        await work(events);
      } catch (error) {
        isReading = false;
        beginAgain();
        if (!group.isGroupLost(error)) await streamOutage.failed(error);
      }
    }
  };

  /** A read that Redis never answers, because it is away, must not keep the process. */
  const stopRequested = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => {
      if (redis.status !== 'ready') resolve();
    });
  });

  /**
   * Has a read that waits for events end. Asked again, since it may begin to wait only now; and given up on in the end, since a
   * connection that was made anew has another id. What it may still be given is taken over by others.
   */
  const endReading = async () => {
    const ended = new AbortController();
    void running.then(() => {
      ended.abort();
    });
    for (let asked = 0; !ended.signal.aborted && asked < UNBLOCK_AT_MOST; asked += isReading ? 1 : 0) {
      if (connectionId !== undefined) {
        await redisCommands.client('UNBLOCK', connectionId).catch(() => undefined);
      }
      await sleep(UNBLOCK_EVERY_MS, undefined, { ref: false });
    }
  };

  let running = Promise.resolve();
  return {
    start: () => {
      redis.on('ready', beginAgain);
      running = run();
    },
    stop: async () => {
      redis.off('ready', beginAgain);
      stopping.abort();
      await Promise.race([running, stopRequested, endReading()]);
      await group.leaveGroup(member).catch(() => undefined);
    },
  };
};

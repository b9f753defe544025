import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../shared/utils/logger.ts';
import { connectedSoon, isCluster, onReady, type Redis } from '../../shared/utils/redis.ts';
import { jittered } from '../alarm.ts';
import type { BusReader, ReaderOptions } from '../event-bus.ts';
import * as group from './consumer-group.ts';
import type { GroupMember } from './consumer-group.ts';
import { createPlaces } from './places.ts';

const UNBLOCK_EVERY_MS = 20;
const UNBLOCK_AT_MOST = 100;
const FROM_START = '0-0';

export type RedisReaderDeps = ReaderOptions & {
  readonly consumer: string;
  /** A blocking connection of its own, which `disconnect` closes. */
  readonly redis: Redis;
  /** Any connection that fails fast. */
  readonly commands: Redis;
  readonly stream: string;
  readonly logger: Logger;
  /** After this time a consumer that was not heard of, and holds nothing, is forgotten. */
  readonly deadAfterMs?: number;
};

/** A member of the consumer's group, which reads over a connection of its own. */
export const createRedisReader = (deps: RedisReaderDeps): BusReader => {
  const { consumer: name, redis, commands, stream, logger } = deps;
  const { idleMs = 30_000, deadAfterMs = 600_000 } = deps;
  const member: GroupMember = {
    stream,
    group: name,
    consumer: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    redis,
    commands,
    batchSize: deps.batchSize ?? 100,
    blockMs: deps.blockMs ?? 2_000,
  };
  let connectionId: number | undefined;
  let nextClaimAt = 0;
  let claimedTo = FROM_START;
  let isReading = false;

  /** A page of what others left; after the last one there is a pause. */
  const claim = async () => {
    const { events, trimmedIds, nextCursor } = await group.claimIdle(member, idleMs, claimedTo);
    if (trimmedIds.length > 0) {
      logger.error({ consumer: name, trimmedIds }, 'Events left the stream before they were handled');
    }
    claimedTo = nextCursor;
    if (claimedTo === FROM_START) {
      await group.forgetDead(member, deadAfterMs);
      nextClaimAt = performance.now() + jittered(idleMs / 2);
    }
    return events;
  };

  const read = async () => {
    isReading = true;
    try {
      return await group.readNew(member);
    } finally {
      isReading = false;
    }
  };

  /**
   * Has a read that waits for events end. Asked again, since it may begin to wait only now; and given up on in the end, since a
   * connection that was made anew has another id. What it may still be given is taken over by others.
   */
  const unblock = async (running: Promise<void>) => {
    const ended = new AbortController();
    void running.then(() => {
      ended.abort();
    });
    for (let asked = 0; !ended.signal.aborted && asked < UNBLOCK_AT_MOST; asked += isReading ? 1 : 0) {
      if (connectionId !== undefined) {
        await commands.client('UNBLOCK', connectionId).catch(() => undefined);
      }
      await sleep(UNBLOCK_EVERY_MS, undefined, { ref: false });
    }
  };

  return {
    places: createPlaces(commands, stream, name),
    connected: () => connectedSoon(redis),
    onConnected: (listener) => onReady(redis, listener),
    begin: async () => {
      await group.ensureGroup(member);
      // In a cluster it would be the number of a connection to any node: there a read is waited for, which takes no longer than `blockMs`.
      if (!isCluster(redis)) connectionId = await redis.client('ID');
      return group.readOwnPending(member);
    },
    next: () => (performance.now() >= nextClaimAt ? claim() : read()),
    acknowledge: (events) => group.acknowledge(member, events),
    isForgotten: group.isGroupLost,
    // A read that Redis never answers, because it is away, must not keep the process.
    end: (running) =>
      redis.status === 'ready' ? Promise.race([running, unblock(running)]) : Promise.resolve(),
    leave: () => group.leaveGroup(member),
    disconnect: () => {
      redis.disconnect();
    },
  };
};

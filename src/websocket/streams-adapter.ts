import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { Redis } from '../shared/utils/redis.ts';
import { createAdapterConnections } from './adapter-connections.ts';
import { createRecovery, type Recovery } from './recovery.ts';

type AdapterFactory = ReturnType<typeof createAdapter>;
type Adapter = ReturnType<AdapterFactory>;

/** About two minutes of four hundred messages a second. */
const STREAM_MAX_LENGTH = 50_000;

/**
 * The adapter would send a resuming client what it missed before asking who it is. Here it gets its place back and
 * nothing else; rooms and missed messages follow when the caller is known.
 */
const resumeOnlyThePlace = (adapter: Adapter, recovery: Recovery): Adapter => {
  adapter.persistSession = ({ pid, sid, rooms }: { pid: string; sid: string; rooms: string[] }) => {
    void recovery.keep({ pid, sid, rooms }).catch(() => undefined);
  };
  adapter.restoreSession = async (pid, offset) => {
    const dropped = await recovery.take(pid, offset);
    if (!dropped) throw new Error('Nothing to resume');
    const { sid, rooms } = dropped;
    return { pid, sid, rooms: [], data: { previousRooms: rooms }, missedPackets: [] };
  };
  return adapter;
};

/** Carries messages between processes and keeps them for clients that come back; survives Redis being away. */
export const createStreamsAdapter = (redis: Redis, prefix: string, recoveryMs: number) => {
  const connections = createAdapterConnections(redis);
  const stream = `${prefix}:messages`;
  const recovery = createRecovery(connections.publishing, stream, recoveryMs);
  const createFor = createAdapter(connections.publishing, {
    streamName: stream,
    channelPrefix: prefix,
    maxLen: STREAM_MAX_LENGTH,
    onlyPlaintext: true,
  });
  // Socket.IO calls it with `new`, which an arrow function does not allow.
  const adapter: AdapterFactory = function (namespace) {
    return resumeOnlyThePlace(createFor(namespace), recovery);
  };
  return { adapter, recovery, close: connections.close };
};

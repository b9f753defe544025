import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { StoredEvent } from '../events/stored-event.ts';
import type { Redis } from '../shared/utils/redis.ts';
import { answerCommands, type CommandDeps } from './commands.ts';
import { createHandshake, SOCKET_PATH, type Authenticate } from './handshake.ts';
import type { MessageName } from './message-catalogue.ts';
import { messageOf, type RealtimeServer, type RealtimeSocket } from './messages.ts';
import { sessionIdOf, shareSessions } from './polling-in-cluster.ts';
import { createPresence, type DoctorPresence } from './presence.ts';
import { enter } from './resume.ts';
import { roleRoom, roomsOf, sessionRoom, stillSubscribed, tenantRoom, userRoom } from './rooms.ts';
import { watchSession, type SessionWatchDeps } from './session-watch.ts';
import { hasMessages, socketMessagesFor } from './socket-messages.ts';
import { createStreamsAdapter } from './streams-adapter.ts';

const RECOVERY_MS = 2 * 60 * 1_000;
const PRESENCE_ROUND_MS = 2_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** An access token and a few ids fit many times. */
const MAX_MESSAGE_BYTES = 16 * 1_024;

export type RealtimeDeps = CommandDeps &
  Omit<SessionWatchDeps, 'sessionCheckMs'> & {
    readonly httpServer: HttpServer;
    /** Tells where Redis is; this part opens connections of its own. */
    readonly redis: Redis;
    readonly allowedOrigins: readonly string[];
    readonly authenticate: Authenticate;
    readonly sessionCheckMs?: number;
    readonly presence: DoctorPresence;
    readonly presenceTimes?: { readonly everyMs: number; readonly absentAfterMs: number };
    /** Is told the name of every message that is sent. */
    readonly count?: (name: MessageName) => void;
    /** Of its keys and channels in Redis; processes that share it are one system. */
    readonly keyPrefix?: string;
  };

export type Realtime = {
  /** Whether sockets have anything to do with the event. */
  readonly isTold: (event: StoredEvent) => boolean;
  /** Tells an event to the sockets that may know of it, in every process. */
  readonly deliver: (event: StoredEvent) => Promise<void>;
  /** Says to somebody's sockets that a notification waits for them. The notification itself is kept; this is not, should the process end here. */
  readonly tellUser: (told: Told) => void;
  /** Closes every socket of these sessions: here at once, elsewhere over Redis. */
  readonly endSessions: (sessionIds: readonly string[]) => void;
  /** How many sockets this process has. */
  readonly connectionCount: () => number;
  /** Closes every socket, so that its client resumes at another process, and the HTTP server with them. */
  readonly close: () => Promise<void>;
};

const roomsFor = ({ recovered, data: { ctx, previousRooms } }: RealtimeSocket): string[] => [
  ...roomsOf(ctx),
  ...(recovered ? stillSubscribed(ctx, previousRooms) : []),
];

/** What somebody was told inside the product. */
type Told = {
  readonly tenantId: string;
  readonly userId: string;
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly appointmentId: string | null;
  readonly createdAt: Date;
};

/** Sockets for browsers and phones: who they are, which rooms they are in, and what they are told. */
export const createRealtime = (deps: RealtimeDeps): Realtime => {
  const { httpServer, redis, allowedOrigins, sessionCheckMs = 30_000, keyPrefix = 'realtime' } = deps;
  const { adapter, recovery, close } = createStreamsAdapter(redis, keyPrefix, RECOVERY_MS);
  const io: RealtimeServer = new Server(httpServer, {
    path: SOCKET_PATH,
    adapter,
    cors: { origin: [...allowedOrigins] },
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS, skipMiddlewares: false },
  });
  const makeId = io.engine.generateId.bind(io.engine);
  io.engine.generateId = (req: IncomingMessage) => sessionIdOf(makeId(req) as string);
  const endSharing = shareSessions(httpServer);
  const presence = createPresence({
    ...deps,
    prefix: keyPrefix,
    everyMs: PRESENCE_ROUND_MS,
    absentAfterMs: RECOVERY_MS,
    ...deps.presenceTimes,
    connected: () => [...io.sockets.sockets.values()].map(({ data }) => data.ctx),
  });
  const notePresence = ({ data }: RealtimeSocket) => {
    presence.seen(data.ctx).catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'It could not be noted that a doctor is there');
    });
  };
  const admit = createHandshake({ ...deps, recovery });
  io.use((socket, next) => void admit(socket).then(next));
  io.on('connection', (socket) => {
    answerCommands(socket, deps);
    notePresence(socket);
    socket.once('disconnect', () => {
      notePresence(socket);
    });
    void enter({ io, socket, recovery, rooms: roomsFor(socket) }, deps.clock).then(() => {
      watchSession(socket, { ...deps, sessionCheckMs });
    });
  });

  const endSessions = (sessionIds: readonly string[]) => {
    closeIn(sessionIds.map(sessionRoom));
  };
  const closeIn = (rooms: string[]) => {
    // Without a room it would be everybody.
    if (rooms.length === 0) return;
    io.local.in(rooms).disconnectSockets(true);
    io.in(rooms).disconnectSockets(true);
  };

  /** Events after which sockets are closed, and whose. */
  const closings: Readonly<Record<string, (event: StoredEvent) => void>> = {
    'session.revoked': ({ payload }) => {
      endSessions(payload['sessionIds'] as string[]);
    },
    'tenant.suspended': ({ tenantId }) => {
      closeIn([tenantRoom(tenantId)]);
    },
    'tenant.deletion_scheduled': ({ tenantId }) => {
      closeIn([tenantRoom(tenantId)]);
    },
    // What they may hear has changed: they come back as what they are now.
    'role.changed': ({ tenantId, payload }) => {
      closeIn([roleRoom(tenantId, payload['roleId'] as string)]);
    },
  };

  return {
    isTold: (event) => hasMessages(event) || Object.hasOwn(closings, event.type),
    deliver: (event) => {
      for (const { name, rooms, data } of socketMessagesFor(event)) {
        deps.count?.(name);
        io.to([...rooms]).emit(name, messageOf(name, event, data));
      }
      closings[event.type]?.(event);
      return Promise.resolve();
    },
    tellUser: ({ tenantId, userId, id, kind: about, title, appointmentId, createdAt }) => {
      deps.count?.('system_notification');
      const data = { kind: 'notification', notificationId: id, about, title, appointmentId } as const;
      const message = messageOf('system_notification', { id, tenantId, occurredAt: createdAt }, data);
      io.to(userRoom(tenantId, userId)).emit('system_notification', message);
    },
    endSessions,
    connectionCount: () => io.sockets.sockets.size,
    close: async () => {
      endSharing();
      await presence.stop();
      await io.close();
      await close();
    },
  };
};

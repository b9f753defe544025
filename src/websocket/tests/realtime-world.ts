import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { testConfig } from '../../database/tests/test-database.ts';
import type { StoredEvent } from '../../events/stored-event.ts';
import { permissionsOf, type Role } from '../../shared/config/permissions.ts';
import { createGate, type Gate } from '../../shared/tests/gate.ts';
import { until } from '../../shared/tests/until.ts';
import type { Ctx } from '../../shared/types/context.ts';
import { newId } from '../../shared/types/id.ts';
import { systemClock } from '../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import { createLogger } from '../../shared/utils/logger.ts';
import { createRedis, type Redis } from '../../shared/utils/redis.ts';
import { type Answer, answerSchema, commandCatalogue, type CommandName } from '../command-catalogue.ts';
import type { Message } from '../message-catalogue.ts';
import type { ClientToServerEvents, ServerToClientEvents } from '../messages.ts';
import { createRealtime, type Realtime } from '../realtime.ts';
import { aSocketAppointment } from './a-socket-appointment.ts';
import { expectDescribed } from './expect-described.ts';

export type Client = Socket<ServerToClientEvents, ClientToServerEvents> & {
  readonly received: Message[];
  readonly named: (name: Message['type']) => Message[];
};
export type Process = {
  readonly realtime: Realtime;
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/** One clinic whose processes share one Redis, with tokens that are good for whoever the test says. */
export const realtimeWorld = () => {
  const config = testConfig();
  const logger = createLogger(config);
  const keyPrefix = `test-${newId()}`;
  const tenantId = newId();
  const callers = new Map<string, Ctx>();
  const doctors = new Set<string>();
  const appointments = new Map<string, { doctorId: string; patientId: string }>();
  const connections: Redis[] = [];
  const processes: Process[] = [];
  const clients: Client[] = [];
  /** What was said of doctors, as `came` or `left` and their id. */
  const presenceSaid: string[] = [];

  const redisAt = (gate?: Gate) => {
    const address = gate ? { ...config.redis, host: '127.0.0.1', port: gate.port } : config.redis;
    const redis = createRedis(address, logger);
    connections.push(redis);
    return redis;
  };

  const process = async ({
    gate,
    sessionCheckMs = 30_000,
    absentAfterMs = 60_000,
  }: { gate?: Gate; sessionCheckMs?: number; absentAfterMs?: number } = {}) => {
    const httpServer = createServer();
    const redis = redisAt(gate);
    const realtime = createRealtime({
      httpServer,
      redis,
      keyPrefix,
      sessionCheckMs,
      allowedOrigins: ['https://clinic.example'],
      clock: systemClock,
      logger,
      authenticate: (token) => {
        const ctx = callers.get(token);
        return ctx ? Promise.resolve(ctx) : Promise.reject(new AppError(commonProblems.token_expired));
      },
      isSessionLive: ({ sessionId }) =>
        Promise.resolve([...callers.values()].some((caller) => caller.sessionId === sessionId)),
      presence: {
        came: (_tenantId, doctorId) => Promise.resolve(void presenceSaid.push(`came ${doctorId}`)),
        left: (_tenantId, doctorId) => Promise.resolve(void presenceSaid.push(`left ${doctorId}`)),
      },
      presenceTimes: { everyMs: 20, absentAfterMs },
      doctorExists: (_ctx, doctorId) => Promise.resolve(doctors.has(doctorId)),
      appointmentAudience: (_ctx, id) => Promise.resolve(appointments.get(id)),
    });
    await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
    if (!gate) await until(() => redis.status === 'ready');
    const { port } = httpServer.address() as AddressInfo;
    const started = { realtime, url: `http://127.0.0.1:${port}`, stop: realtime.close } satisfies Process;
    processes.push(started);
    return started;
  };

  /** A token of a new session. */
  const token = (role: Role, profile: Partial<Ctx> = {}): string => {
    const created = newId();
    const request = { requestId: 'test', address: '::1', userAgent: '' };
    const ids = { tenantId, userId: newId(), sessionId: newId() };
    callers.set(created, { ...request, ...ids, role, permissions: permissionsOf(role), ...profile });
    return created;
  };

  const client = (at: Process, auth: Record<string, unknown>): Client => {
    const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(at.url, {
      transports: ['websocket'],
      auth,
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
    });
    const received: Message[] = [];
    socket.onAny((_name, message: Message) => received.push(message));
    const named = (name: Message['type']) => received.filter(({ type }) => type === name);
    const created = Object.assign(socket, { received, named });
    clients.push(created);
    return created;
  };

  /** A client that has been told that it is ready. */
  const connected = async (at: Process, accessToken: string): Promise<Client> => {
    const created = client(at, { token: accessToken });
    await until(() => created.named('ready').length === 1);
    return created;
  };

  const event = (type: string, payload: Record<string, unknown>, of = tenantId): StoredEvent => ({
    id: newId(),
    tenantId: of,
    type,
    payload,
    requestId: 'test',
    occurredAt: new Date(),
    sequence: 1,
  });

  const booked = ({ doctorId = newId(), patientId = newId(), of = tenantId } = {}): StoredEvent => {
    const appointment = aSocketAppointment({ id: newId(), doctorId, patientId });
    return event('appointment.booked', { appointment }, of);
  };

  return {
    tenantId,
    callers,
    doctors,
    appointments,
    presenceSaid,
    process,
    token,
    client,
    connected,
    event,
    booked,
    gate: () => createGate(config.redis),
    /** Nothing was sent that is not described. */
    end: async () => {
      for (const each of clients) each.disconnect();
      for (const { received } of clients) received.forEach(expectDescribed);
      await Promise.all(processes.map(({ stop }) => stop()));
      const cleaner = redisAt();
      await until(() => cleaner.status === 'ready');
      await cleaner.del(`${keyPrefix}:messages`, `${keyPrefix}:present`);
      for (const connection of connections) connection.disconnect();
    },
  };
};
export type RealtimeWorld = ReturnType<typeof realtimeWorld>;

/** Sends any command with any payload, as a client without types would. */
export const ask = async (client: Client, command: CommandName, ...payload: unknown[]): Promise<Answer> => {
  const answer: unknown = await (client as Socket).timeout(5_000).emitWithAck(command, ...payload);
  expect(answer).toEqual(answerSchema(commandCatalogue[command]).parse(answer));
  return answer as Answer;
};

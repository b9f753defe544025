import type { Server, Socket } from 'socket.io';
import type { Ctx } from '../shared/types/context.ts';

export const messageNames = [
  'appointment_created',
  'appointment_updated',
  'appointment_cancelled',
  'appointment_reminder',
  'availability_updated',
  'doctor_status_changed',
  'system_notification',
  'maintenance_notice',
  'typing',
  /** The first message of a connection. It gives the client a place to resume from, should it drop before any other. */
  'ready',
] as const;
export type MessageName = (typeof messageNames)[number];

/** What every message looks like. `id` is the event's: a message that comes again has the same. */
export type Message = {
  readonly id: string;
  readonly type: MessageName;
  readonly occurredAt: string;
  readonly tenantId: string;
  readonly data: unknown;
};

/** `offset` is where in the stream of messages this one stands; clients of Socket.IO hand it back to resume. */
export type ServerToClientEvents = Record<MessageName, (message: Message, offset?: string) => void>;

export type Answer = { readonly ok: true } | { readonly ok: false; readonly code: string };
type Command<Request> = (request: Request, acknowledge: (answer: Answer) => void) => void;

export type ClientToServerEvents = {
  subscribe: Command<{ doctorId: string }>;
  unsubscribe: Command<{ doctorId: string }>;
  typing: Command<{ appointmentId: string }>;
};

export type SocketState = {
  ctx: Ctx;
  /** The rooms of the connection that this one resumes. */
  previousRooms: readonly string[];
  /** Where this connection begins in the stream of messages. */
  beginsAt: string | undefined;
};

type NoEvents = Record<string, never>;
export type RealtimeServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketState>;
export type RealtimeSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketState>;

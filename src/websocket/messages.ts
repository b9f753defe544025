import type { Server, Socket } from 'socket.io';
import type { Ctx } from '../shared/types/context.ts';
import type { Answer, CommandName, Request } from './command-catalogue.ts';
import type { Message, MessageData, MessageName } from './message-catalogue.ts';

/** `offset` is where in the stream of messages this one stands; clients of Socket.IO hand it back to resume. */
export type ServerToClientEvents = Record<MessageName, (message: Message, offset?: string) => void>;

export type ClientToServerEvents = {
  [Name in CommandName]: (request: Request<Name>, acknowledge: (answer: Answer) => void) => void;
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

type Happened = { readonly id: string; readonly tenantId: string; readonly occurredAt: Date };

/** Every message is made here: as the catalogue describes those of its name. */
export const messageOf = <Name extends MessageName>(
  type: Name,
  { id, tenantId, occurredAt }: Happened,
  data: MessageData<Name>,
): Message<Name> => ({ id, type, occurredAt: occurredAt.toISOString(), tenantId, data });

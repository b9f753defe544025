import { z } from 'zod';
import { newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import { messageOf, type RealtimeServer, type RealtimeSocket } from './messages.ts';
import type { MissedMessage, Recovery } from './recovery.ts';

const Resuming = z.object({ offset: z.string() });

type Resume = {
  readonly io: RealtimeServer;
  readonly socket: RealtimeSocket;
  readonly recovery: Recovery;
  /** Where its caller belongs, and what it was subscribed to. */
  readonly rooms: readonly string[];
};

const send = ({ io, socket }: Resume, { name, message, offset }: MissedMessage) => {
  io.local.to(socket.id).emit(name, message, offset);
};

/** Sends what a client missed, again and again until it has caught up; answers the place of the last message. */
const catchUp = async (resume: Resume): Promise<string> => {
  let { offset } = Resuming.parse(resume.socket.handshake.auth);
  for (;;) {
    const missed = await resume.recovery.listMissed(offset, new Set(resume.rooms));
    for (const message of missed) send(resume, message);
    const last = missed.at(-1);
    if (!last) return offset;
    ({ offset } = last);
  }
};

/** Lets the socket in, and sends what was told between the last look and that moment; nothing that it is sent otherwise. */
const joinAfter = async (resume: Resume, offset: string): Promise<void> => {
  const { socket, recovery, rooms } = resume;
  const live = new Set<unknown>();
  const noteLive = (...sent: unknown[]) => live.add(sent.at(-1));
  socket.onAnyOutgoing(noteLive);
  await socket.join([...rooms]);
  const missed = await recovery.listMissed(offset, new Set(rooms));
  socket.offAnyOutgoing(noteLive);
  for (const message of missed) if (!live.has(message.offset)) send(resume, message);
};

/**
 * Puts a socket into its rooms. One that resumes is sent what it missed first, so that it hears everything in its order; if that cannot be
 * had now, its client comes back for it.
 */
export const enter = async (resume: Resume, clock: Clock): Promise<void> => {
  const { io, socket, rooms } = resume;
  const { ctx, beginsAt } = socket.data;
  if (socket.recovered) {
    try {
      await joinAfter(resume, await catchUp(resume));
    } catch {
      socket.conn.close();
    }
    return;
  }
  await socket.join([...rooms]);
  const begun = { id: newId(), tenantId: ctx.tenantId, occurredAt: clock.now() };
  const offset = beginsAt === undefined ? [] : ([beginsAt] as const);
  io.local.to(socket.id).emit('ready', messageOf('ready', begun, {}), ...offset);
};

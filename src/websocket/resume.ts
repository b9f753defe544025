import { z } from 'zod';
import { newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { RealtimeServer, RealtimeSocket } from './messages.ts';
import type { Recovery } from './recovery.ts';

const Resuming = z.object({ offset: z.string() });

/** Sends what a client missed while it was away, and nothing that it was or is sent otherwise. */
const sendMissed = async (io: RealtimeServer, socket: RealtimeSocket, recovery: Recovery) => {
  const { offset } = Resuming.parse(socket.handshake.auth);
  const live = new Set<unknown>();
  const noteLive = (...sent: unknown[]) => live.add(sent.at(-1));
  socket.onAnyOutgoing(noteLive);
  const missed = await recovery.listMissed(offset, new Set(socket.rooms));
  socket.offAnyOutgoing(noteLive);
  for (const { name, message, offset } of missed) {
    if (!live.has(offset)) io.local.to(socket.id).emit(name, message, offset);
  }
};

/** To be called when the socket is in its rooms. If the missed messages cannot be had now, its client comes back for them. */
export const sendFirstMessages = async (
  io: RealtimeServer,
  socket: RealtimeSocket,
  { recovery, clock }: { readonly recovery: Recovery; readonly clock: Clock },
): Promise<void> => {
  const { ctx, beginsAt } = socket.data;
  if (socket.recovered) {
    await sendMissed(io, socket, recovery).catch(() => {
      socket.conn.close();
    });
    return;
  }
  const occurredAt = clock.now().toISOString();
  const message = { id: newId(), type: 'ready', occurredAt, tenantId: ctx.tenantId, data: {} } as const;
  const offset = beginsAt === undefined ? [] : ([beginsAt] as const);
  io.local.to(socket.id).emit('ready', message, ...offset);
};

import type { Ctx } from '../shared/types/context.ts';
import type { RealtimeSocket } from './messages.ts';

export type SessionWatchDeps = {
  /** Whether a session still stands. May throw when that cannot be told: then the socket stays. */
  readonly isSessionLive: (ctx: Ctx) => Promise<boolean>;
  readonly sessionCheckMs: number;
};

/**
 * Closes a socket within `sessionCheckMs` of its session's end, should the message that closes it at once be lost; and
 * at once if the session ended while the socket connected. Sockets are checked at different moments, so that a process
 * full of them asks steadily and not in waves.
 */
export const watchSession = (
  socket: RealtimeSocket,
  { isSessionLive, sessionCheckMs }: SessionWatchDeps,
): void => {
  let timer: NodeJS.Timeout | undefined;
  const check = async () => {
    const isLive = await isSessionLive(socket.data.ctx).catch(() => true);
    if (!isLive) socket.disconnect(true);
    else if (socket.connected) {
      timer = setTimeout(() => void check(), sessionCheckMs * (0.5 + Math.random() / 2));
    }
  };
  socket.once('disconnect', () => {
    clearTimeout(timer);
  });
  void check();
};

import { io } from 'socket.io-client';
import { until } from '../../src/shared/tests/until.ts';

export type Listener = {
  /** The ids of the appointments that it was told of as created, as often as it was told. */
  readonly created: string[];
  /** Waits until it was told of all of these. */
  hears(appointmentIds: readonly string[], timeoutMs?: number): Promise<void>;
  isConnected(): boolean;
  close(): void;
};

/** A browser that shows a clinic's calendar: connected, and told of what happens. */
export const listen = async (url: string, token: string): Promise<Listener> => {
  const socket = io(url, { auth: { token }, transports: ['websocket'] });
  const created: string[] = [];
  socket.on('appointment_created', (message: { data: { appointment: { id: string } } }) => {
    created.push(message.data.appointment.id);
  });
  await until(() => socket.connected);
  return {
    created,
    hears: async (appointmentIds, timeoutMs = 15_000) => {
      await until(() => appointmentIds.every((id) => created.includes(id)), timeoutMs);
    },
    isConnected: () => socket.connected,
    close: () => {
      socket.close();
    },
  };
};

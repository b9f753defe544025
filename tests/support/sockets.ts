import { io } from 'socket.io-client';
import { until } from '../../src/shared/tests/until.ts';
import { expectStatus, type Person } from './clinic.ts';
import type { TestServer } from './test-server.ts';

export type CalendarWatch = {
  /** The doctors whose calendars `act` changes, as they are told. */
  changedBy(act: () => Promise<unknown>): Promise<string[]>;
  /** Those that it was told of since the last act began. */
  changed(): string[];
  stop(): void;
};

/** A socket of `person` that hears when the calendars of these doctors change. */
export const watchCalendars = async (
  { url }: TestServer,
  person: Person,
  doctorIds: readonly string[],
): Promise<CalendarWatch> => {
  let heard = new Map<string, string>();
  let status = 'offline';
  let told = status;
  const socket = io(url, { auth: { token: person.token }, transports: ['websocket'] });
  // A message that comes twice has the same id.
  socket.on('availability_updated', ({ id, data }: { id: string; data: { doctorId: string } }) =>
    heard.set(`${id} ${data.doctorId}`, data.doctorId),
  );
  socket.on('doctor_status_changed', ({ data }: { data: { status: string } }) => {
    told = data.status;
  });
  for (const doctorId of doctorIds) {
    const answer: unknown = await socket.timeout(5_000).emitWithAck('subscribe', { doctorId });
    if (JSON.stringify(answer) !== '{"ok":true}')
      throw new Error(`Not subscribed: ${JSON.stringify(answer)}`);
  }
  /** A clinic's events are told in their order: when this one has come, all before it have. */
  const hearAllSoFar = async () => {
    status = status === 'busy' ? 'away' : 'busy';
    expectStatus(await person.api.put(`/doctors/${doctorIds[0] ?? ''}/status`, { status }), 200);
    await until(() => told === status);
  };
  await hearAllSoFar();
  const changed = () => [...heard.values()];
  return {
    changed,
    changedBy: async (act) => {
      heard = new Map();
      await act();
      await hearAllSoFar();
      return changed();
    },
    stop: () => {
      socket.disconnect();
    },
  };
};

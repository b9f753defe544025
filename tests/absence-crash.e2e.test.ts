import { afterEach, expect, test } from '@jest/globals';
import { testConfig } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, expectStatus } from './support/clinic.ts';
import { lockTable } from './support/lock.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

const running: ServerProcess[] = [];
const start = async (settings: Record<string, string>): Promise<ServerProcess> => {
  const server = await startServerProcess(settings);
  running.push(server);
  await server.serves();
  return server;
};
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.signal('SIGKILL');
    await server.exited;
  }
});

const NEVER = '3600000';
const VISITS = 20;
/** The processes have the clock of the machine: a day next week, on which every doctor works from nine to twelve. */
const DAY = new Date(Date.now() + 7 * 24 * 60 * 60 * 1_000).toISOString().slice(0, 10);

const aBusyDay = async (server: ServerProcess) => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const serviceId = await clinic.service({ durationMinutes: 5 });
  const [doctorId] = [await clinic.doctor([serviceId]), await clinic.doctor([serviceId])];
  const { patientId } = await clinic.patient();
  const window = `from=${DAY}T00:00:00Z&to=${DAY}T23:00:00Z`;
  const slots = await api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}&${window}`);
  const ids: string[] = [];
  for (const { startsAt } of expectStatus(slots, 200).body.data.slice(0, VISITS)) {
    const visit = { doctorId, serviceId, patientId, startsAt };
    ids.push(expectStatus(await api.post('/appointments', visit), 201).body.id);
  }
  const absence = await api.post(`/doctors/${doctorId}/absences`, { from: DAY, to: DAY });
  return { clinic, ids, path: `/doctors/${doctorId}/absences/${expectStatus(absence, 201).body.id}` };
};

test('a process that is killed in the middle loses nothing and doubles nothing: another one carries on', async () => {
  const victim = await start({ ABSENCE_SWEEP_MS: NEVER });
  const { clinic, ids, path } = await aBusyDay(victim);
  const { api } = clinic.admin;
  const applying = api.post(`${path}/apply`, { action: 'move' });
  applying.catch(() => undefined); // It is cut off.
  await until(async () => (await api.get(path)).body.report?.moved > 2);
  const lock = await lockTable(testConfig().database, 'appointments');
  await lock.metBySomebody();
  victim.signal('SIGKILL');
  await victim.exited;
  await lock.release();
  await expect(applying).rejects.toThrow();

  const heir = await start({ ABSENCE_SWEEP_MS: '50' });
  const asAdmin = heir.api.with({ Authorization: `Bearer ${clinic.admin.token}` });
  const report = await until(async () => {
    const { body } = expectStatus(await asAdmin.get(path), 200);
    return body.report.status === 'completed' ? body.report : undefined;
  });
  expect(report).toMatchObject({ total: VISITS, moved: VISITS, failed: 0, changed: 0 });
  for (const id of ids) {
    const { data } = expectStatus(await asAdmin.get(`/appointments/${id}/history`), 200).body;
    expect(data.map(({ action }: { action: string }) => action)).toEqual(['booked', 'rescheduled']);
  }
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { anAwayClinic, type Affected, at, type AwayClinic, MONDAY } from './support/absences.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { expectCode, expectStatus } from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer(undefined, { absenceSweepMs: 20 });
});
afterAll(() => server.stop());

const slotsOf = async ({ clinic, doctorId, serviceId }: AwayClinic): Promise<string[]> => {
  const range = 'from=2027-03-22T00:00:00Z&to=2027-03-24T00:00:00Z';
  const answer = await clinic.admin.api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}&${range}`);
  return expectStatus(answer, 200).body.data.map(({ startsAt }: { startsAt: string }) => startsAt);
};
const entered = async (here: AwayClinic, body?: object) => expectStatus(await here.enter(body), 201).body;

describe('POST /doctors/:id/absences', () => {
  test('takes the time out of the working time at once: slots, explain, booking and holds see it', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const { clinic, doctorId, serviceId } = here;
    const absence = await entered(here, { from: at(30), to: at(90), reason: 'Conference' });
    expect(absence).toMatchObject({ doctorId, from: at(30), to: at(90), reason: 'Conference', affected: [] });
    expect((await slotsOf(here)).slice(0, 4)).toEqual([at(0), at(90), at(120), at(150)]);
    const why = await clinic.admin.api.get(
      `/doctors/${doctorId}/slots/explain?serviceId=${serviceId}&at=${at(30)}`,
    );
    expect(why.body.reasons).toMatchObject([{ code: 'outside_working_time' }, { code: 'absent' }]);
    const visit = { doctorId, serviceId, startsAt: at(30) };
    const { api } = await clinic.patient();
    expectCode(await api.post('/appointments', visit), 'outside_availability');
    expectCode(await api.post('/appointments/holds', visit), 'outside_availability');
  });

  test('by dates is whole days of the doctor’s, the last one included', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const { from, to } = await entered(here, { from: '2027-03-27', to: '2027-03-28' });
    expect([from, to]).toEqual(['2027-03-26T23:00:00.000Z', '2027-03-28T22:00:00.000Z']);
  });

  test('takes full five minutes, whatever the seconds say', async () => {
    const here = await anAwayClinic(server, { visits: 0, service: { durationMinutes: 5 } });
    await entered(here, { from: '2027-03-22T08:07:30.500Z', to: '2027-03-22T10:51:00Z' });
    expect((await slotsOf(here)).slice(0, 2)).toEqual([at(0), at(175)]);
  });

  test('lists the visits in that time, nearest proposals first, with both doctors where both can be had', async () => {
    const here = await anAwayClinic(server, { visits: 3 });
    const { affected } = await entered(here, { from: at(0), to: at(60) });
    expect(affected.map(({ appointment }: Affected) => appointment.id)).toEqual(
      here.appointmentIds.slice(0, 2),
    );
    const { proposals } = affected[0] as Affected;
    expect(proposals).toMatchObject([
      { doctorId: here.colleagueId, startsAt: at(0), endsAt: at(30) },
      { doctorId: here.colleagueId, startsAt: at(60) },
      { doctorId: here.doctorId, startsAt: at(90) },
    ]);
  });

  test('distributes: the first proposals of all visits can be taken together', async () => {
    const here = await anAwayClinic(server, { visits: 6 });
    const { id, affected } = await entered(here);
    const firsts = affected.map(
      ({ proposals: [first] }: Affected) => `${first?.doctorId} ${first?.startsAt}`,
    );
    expect(new Set(firsts).size).toBe(6);
    const decisions = affected.map(({ appointment, proposals: [first] }: Affected) => ({
      appointmentId: appointment.id,
      action: 'move',
      proposal: { doctorId: first?.doctorId, startsAt: first?.startsAt },
    }));
    const report = expectStatus(await here.apply(id, { decisions }), 200).body;
    expect(report).toMatchObject({ status: 'completed', total: 6, done: 6, moved: 6 });
  });

  test('proposes nothing that the patient has no time for, or at which the room is taken', async () => {
    const here = await anAwayClinic(server, { visits: 1 });
    const { api } = here.clinic.admin;
    const otherService = await here.clinic.service();
    const otherDoctor = await here.clinic.doctor([otherService]);
    const busy = { doctorId: otherDoctor, serviceId: otherService, startsAt: at(0) };
    expectStatus(await api.post('/appointments', { ...busy, patientId: here.patients[0]?.patientId }), 409);
    const location = { name: 'Here', address: 'Street 1', timezone: 'Europe/Berlin' };
    const locationId = expectStatus(await api.post('/locations', location), 201).body.id;
    const roomId = expectStatus(await api.post('/rooms', { name: 'Room', locationId }), 201).body.id;
    expectStatus(await api.put(`/appointments/${here.appointmentIds[0]}`, { roomId }), 200);
    const other = await here.clinic.patient();
    const inRoom = { ...busy, startsAt: at(30), patientId: other.patientId, roomId };
    expectStatus(await api.post('/appointments', inRoom), 201);
    const own = { ...busy, startsAt: at(60), patientId: here.patients[0]?.patientId };
    expectStatus(await api.post('/appointments', own), 201);
    const { affected } = await entered(here, { from: at(0), to: at(30) });
    const proposed = affected[0].proposals.map(({ startsAt }: { startsAt: string }) => startsAt);
    expect(proposed).toEqual([at(0), at(90), at(90)]);
  });

  test('of a shared visit: its patients are proposed seats, no more than there are', async () => {
    const here = await anAwayClinic(server, { visits: 0, service: { capacity: 2 } });
    const { clinic, doctorId, serviceId, colleagueId } = here;
    for (const withDoctor of [doctorId, doctorId, colleagueId]) {
      const { patientId } = await clinic.patient();
      const visit = { doctorId: withDoctor, serviceId, patientId, startsAt: at(0) };
      expectStatus(await clinic.admin.api.post('/appointments', visit), 201);
    }
    const { id, affected } = await entered(here, { from: at(0), to: at(30) });
    const firsts = affected.map(({ proposals: [first] }: Affected) => first?.startsAt);
    expect(firsts.toSorted()).toEqual([at(0), at(30)]);
    const report = expectStatus(await here.apply(id, { action: 'move' }), 200).body;
    expect(report).toMatchObject({ moved: 2, failed: 0 });
  });

  test.each([
    [{ from: at(30), to: at(30) }, '/to'],
    [{ from: '2027-03-23', to: '2027-03-22' }, '/to'],
    [{ from: '2027-03-22', to: at(30) }, '/to'],
    [{ from: '2027-03-01', to: '2027-03-02' }, '/to'],
    [{ from: '2027-03-22', to: '2028-03-22' }, '/to'],
    [{ from: '2027-03-22T08:00:00', to: at(30) }, '/from'],
    [{ from: 'tomorrow', to: '2027-02-30' }, '/from'],
    [{ to: at(30) }, '/from'],
    [{ ...MONDAY, reason: '' }, '/reason'],
    [{ ...MONDAY, because: 'x' }, '/because'],
  ])('%j is 422 at %s', async (body, pointer) => {
    const here = await anAwayClinic(server, { visits: 0 });
    const answer = expectCode(await here.enter(body), 'validation_failed');
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  test('is 409 for time that another absence has, and names that one', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const { id } = await entered(here);
    const again = expectCode(
      await here.enter({ from: at(60), to: '2027-03-25T00:00:00Z' }),
      'absence_overlaps',
    );
    expect([again.status, again.body.absenceId]).toEqual([409, id]);
    await entered(here, { from: MONDAY.to, to: '2027-03-25T00:00:00Z' });
  });

  test('is 403 for a colleague and 404 for a doctor whom nobody knows', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const own = await here.clinic.staff('doctor');
    const ownId = await here.clinic.doctor([here.serviceId], { userId: own.userId });
    const colleague = await here.clinic.logIn(own);
    expectCode(await colleague.api.post(`/doctors/${here.doctorId}/absences`, MONDAY), 'forbidden');
    expectStatus(await colleague.api.post(`/doctors/${ownId}/absences`, MONDAY), 201);
    const unknown = `/doctors/${here.serviceId}/absences`;
    expectCode(await here.clinic.admin.api.post(unknown, MONDAY), 'doctor_not_found');
    expectCode(await here.clinic.admin.api.get(unknown), 'doctor_not_found');
  });

  test('of absence and booking in a race, either the booking is refused or it is affected', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const patients = await Promise.all(Array.from({ length: 6 }, () => here.clinic.patient()));
    const book = ({ api }: (typeof patients)[number], index: number) =>
      api.post('/appointments', {
        doctorId: here.doctorId,
        serviceId: here.serviceId,
        startsAt: at(index * 30),
      });
    const [absence, ...booked] = await Promise.all([here.enter(), ...patients.map(book)]);
    const affected = expectStatus(absence, 201).body.affected.map((each: Affected) => each.appointment.id);
    const made = booked.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(affected.toSorted()).toEqual(made.toSorted());
    for (const { status, body } of booked) {
      expect([201, 'outside_availability']).toContain(status === 201 ? status : body.code);
    }
  });
});

describe('GET /doctors/:id/absences', () => {
  test('is paged, and finds those that have some of a time', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const ids: string[] = [];
    for (const day of ['2027-04-01', '2027-04-03', '2027-04-05']) {
      ids.push((await entered(here, { from: day, to: day })).id);
    }
    const { api } = here.clinic.admin;
    const path = `/doctors/${here.doctorId}/absences`;
    const first = expectStatus(await api.get(`${path}?limit=2`), 200).body;
    const second = expectStatus(await api.get(`${path}?limit=2&cursor=${first.nextCursor}`), 200).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    const some = await api.get(`${path}?from=2027-04-02T12:00:00Z&to=2027-04-04T00:00:00Z`);
    expect(some.body.data.map(({ id }: { id: string }) => id)).toEqual([ids[1]]);
  });

  test('shows the affected visits as they are now, and proposals only where something is to be decided', async () => {
    const here = await anAwayClinic(server, { visits: 2 });
    const { id } = await entered(here);
    const [moved] = here.appointmentIds;
    const elsewhere = { startsAt: '2027-03-24T08:00:00Z' };
    expectStatus(await here.clinic.admin.api.put(`/appointments/${moved}`, elsewhere), 200);
    const { affected, report } = expectStatus(await here.get(id), 200).body;
    expect(report).toBeNull();
    const shown = new Map<string, Affected>(affected.map((each: Affected) => [each.appointment.id, each]));
    expect(shown.get(moved ?? '')).toMatchObject({
      appointment: { startsAt: '2027-03-24T08:00:00.000Z' },
      proposals: [],
    });
    expect(shown.get(here.appointmentIds[1] ?? '')?.proposals).toHaveLength(3);
    expectCode(await here.get(here.serviceId), 'absence_not_found');
  });
});

describe('DELETE /doctors/:id/absences/:absenceId', () => {
  test('gives the time back, and leaves moved visits where they are', async () => {
    const here = await anAwayClinic(server, { visits: 1 });
    const { id } = await entered(here);
    expectStatus(await here.apply(id, { action: 'move' }), 200);
    const { api } = here.clinic.admin;
    expectStatus(await api.delete(`/doctors/${here.doctorId}/absences/${id}`), 204);
    expect((await slotsOf(here))[0]).toBe(at(0));
    expect((await here.appointment(here.appointmentIds[0] ?? '')).doctorId).toBe(here.colleagueId);
    expectCode(await api.delete(`/doctors/${here.doctorId}/absences/${id}`), 'absence_not_found');
    expectCode(await here.apply(id, { action: 'move' }), 'absence_not_found');
    await entered(here);
  });
});

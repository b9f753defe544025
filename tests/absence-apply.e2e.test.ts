import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import { type Affected, anAwayClinic, at, type AwayClinic, MONDAY } from './support/absences.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { expectCode, expectStatus, type Patient } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let twin: TestServer;
beforeAll(async () => {
  const shared = { streamPrefix: `{absences-${newId()}}`, absenceSweepMs: 20, waitlistSweepMs: 20 };
  server = await startCheckedServer(undefined, shared);
  twin = await startTestServer(shared);
});
afterAll(() => Promise.all([server.stop(), twin.stop()]));

const anAbsence = async (visits: number, options: object = {}) => {
  const here = await anAwayClinic(server, { visits, ...options });
  const { id, affected } = expectStatus(await here.enter(), 201).body;
  return { ...here, absenceId: id as string, affected: affected as Affected[] };
};
/** The report once all is done: on a busy machine a request may end before that, and is to be repeated. */
const applied = (here: AwayClinic & { absenceId: string }, body: object) =>
  until(async () => {
    const report = expectStatus(await here.apply(here.absenceId, body), 200).body;
    return report.status !== 'running' && report;
  });
const historyOf = async ({ clinic }: AwayClinic, id: string): Promise<string[]> =>
  expectStatus(await clinic.admin.api.get(`/appointments/${id}/history`), 200).body.data.map(
    ({ action }: { action: string }) => action,
  );
const entriesOf = async ({ api }: Patient) => expectStatus(await api.get('/waitlist'), 200).body.data;

describe('move', () => {
  test('without a proposal takes the best time that can be had, each visit its own, and says where', async () => {
    const here = await anAbsence(4);
    const report = await applied(here, { action: 'move' });
    expect(report).toMatchObject({ status: 'completed', total: 4, done: 4, moved: 4, failed: 0 });
    for (const { appointmentId, outcome, code, doctorId, startsAt } of report.items) {
      expect([outcome, code]).toEqual(['moved', null]);
      expect(await here.appointment(appointmentId)).toMatchObject({
        doctorId,
        startsAt,
        status: 'confirmed',
      });
      expect(await historyOf(here, appointmentId)).toEqual(['booked', 'rescheduled']);
    }
    expect(report.items.map(({ startsAt }: { startsAt: string }) => startsAt)).toEqual([
      at(0),
      at(30),
      at(60),
      at(90),
    ]);
  });

  test('to a proposal that somebody has taken meanwhile fails with slot_taken, and can be decided anew', async () => {
    const here = await anAbsence(1);
    const [visit] = here.affected;
    const proposal = { doctorId: here.colleagueId, startsAt: at(0) };
    const other = await here.clinic.patient();
    expectStatus(await other.api.post('/appointments', { ...proposal, serviceId: here.serviceId }), 201);
    const decisions = [{ appointmentId: visit?.appointment.id, action: 'move', proposal }];
    const failed = await applied(here, { decisions });
    expect(failed).toMatchObject({ status: 'completed', failed: 1, items: [{ code: 'slot_taken' }] });
    expect((await here.appointment(visit?.appointment.id)).startsAt).toBe(at(0));
    const shown = expectStatus(await here.get(here.absenceId), 200).body;
    expect(shown.report.failed).toBe(1);
    expect(shown.affected[0].proposals[0].startsAt).toBe(at(30));

    const again = await applied(here, { action: 'move' });
    expect(again).toMatchObject({ total: 1, moved: 1, failed: 0, items: [{ startsAt: at(30) }] });
  });

  test('that nobody has time for fails with no_proposal, and leaves the visit alone', async () => {
    const here = await anAbsence(1, { colleague: { rules: [] } });
    const path = `/doctors/${here.doctorId}/availability`;
    const hours = { timezone: 'Europe/Berlin', rules: [] };
    expectStatus(await here.clinic.admin.api.put(path, hours), 200);
    const report = await applied(here, { action: 'move' });
    expect(report).toMatchObject({ failed: 1, items: [{ outcome: 'failed', code: 'no_proposal' }] });
    expect((await here.appointment(here.appointmentIds[0] ?? '')).version).toBe(1);
  });

  test('by a doctor goes to the own calendar only', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const user = await here.clinic.staff('doctor');
    const doctorId = await here.clinic.doctor([here.serviceId], { userId: user.userId });
    const { api } = await here.clinic.logIn(user);
    const { patientId } = await here.clinic.patient();
    const visit = { doctorId, serviceId: here.serviceId, patientId, startsAt: at(0) };
    const { id } = expectStatus(await here.clinic.admin.api.post('/appointments', visit), 201).body;
    const absence = expectStatus(await api.post(`/doctors/${doctorId}/absences`, MONDAY), 201).body;
    const path = `/doctors/${doctorId}/absences/${absence.id}/apply`;
    const proposal = { doctorId: here.colleagueId, startsAt: at(0) };
    const abroad = { decisions: [{ appointmentId: id, action: 'move', proposal }] };
    expectCode(await api.post(path, abroad), 'forbidden');
    const report = expectStatus(await api.post(path, { action: 'move' }), 200).body;
    expect(report.items).toMatchObject([{ doctorId, startsAt: '2027-03-23T08:00:00.000Z' }]);
  });
});

describe('offer', () => {
  test('cancels the visit, and at once keeps the best time for its patient, who can take it with a token', async () => {
    const here = await anAbsence(1);
    const [patient] = here.patients as [Patient];
    const report = await applied(here, { action: 'offer' });
    expect(report).toMatchObject({ offered: 1, items: [{ doctorId: here.colleagueId, startsAt: at(0) }] });
    const cancelled = await here.appointment(here.appointmentIds[0] ?? '');
    expect(cancelled).toMatchObject({ status: 'cancelled', cancellation: { reason: 'The doctor is away.' } });
    const [entry] = await entriesOf(patient);
    expect(entry).toMatchObject({
      status: 'offered',
      offer: { doctorId: here.colleagueId, startsAt: at(0) },
    });
    const { id, token } = entry.offer;
    const other = await here.clinic.patient();
    const same = { doctorId: here.colleagueId, serviceId: here.serviceId, startsAt: at(0) };
    expectCode(await other.api.post('/appointments', same), 'slot_taken');
    expectStatus(await patient.api.post(`/waitlist/offers/${id}/accept`, { token }), 201);
    expectCode(await patient.api.post(`/waitlist/offers/${id}/accept`, { token }), 'offer_used');
  });

  test('lets the patient stand before all who wait already', async () => {
    const here = await anAwayClinic(server, { visits: 1 });
    const waiting = await here.clinic.patient();
    const wishes = {
      serviceId: here.serviceId,
      earliest: '2027-06-01T00:00:00Z',
      latest: '2027-06-02T00:00:00Z',
    };
    expectStatus(await waiting.api.post('/waitlist', wishes), 201);
    const { id } = expectStatus(await here.enter(), 201).body;
    await applied({ ...here, absenceId: id }, { action: 'offer' });
    const [patient] = here.patients as [Patient];
    const [{ offer }] = await entriesOf(patient);
    expectStatus(await patient.api.post(`/waitlist/offers/${offer.id}/decline`), 200);
    const booked = { doctorId: here.colleagueId, serviceId: here.serviceId, startsAt: at(60) };
    const somebody = await here.clinic.patient();
    const taken = expectStatus(await somebody.api.post('/appointments', booked), 201).body;
    expectStatus(await somebody.api.delete(`/appointments/${taken.id}`), 200);
    const next = await until(async () => (await entriesOf(patient))[0].offer ?? undefined);
    expect(next.startsAt).toBe(at(60));
  });

  test('beyond the horizon of patients can be taken as well', async () => {
    const here = await anAwayClinic(server, { visits: 0 });
    const [patient] = [await here.clinic.patient()];
    const farAhead = '2027-09-20T07:00:00.000Z';
    const visit = { doctorId: here.doctorId, serviceId: here.serviceId, startsAt: farAhead };
    const { api } = here.clinic.admin;
    expectStatus(await api.post('/appointments', { ...visit, patientId: patient.patientId }), 201);
    const absence = expectStatus(await here.enter({ from: '2027-09-20', to: '2027-09-20' }), 201).body;
    const report = await applied({ ...here, absenceId: absence.id }, { action: 'offer' });
    expect(report).toMatchObject({ offered: 1 });
    const [{ offer }] = await entriesOf(patient);
    expectStatus(await patient.api.post(`/waitlist/offers/${offer.id}/accept`), 201);
  });
});

describe('POST /doctors/:id/absences/:absenceId/apply', () => {
  test('takes mixed decisions, and the action for what no decision names', async () => {
    const here = await anAbsence(5);
    const [first, second, third] = here.appointmentIds;
    const proposal = { doctorId: here.doctorId, startsAt: '2027-03-24T08:00:00.000Z' };
    const report = await applied(here, {
      action: 'move',
      decisions: [
        { appointmentId: first, action: 'cancel' },
        { appointmentId: second, action: 'offer' },
        { appointmentId: third, action: 'move', proposal },
      ],
    });
    expect(report).toMatchObject({ total: 5, done: 5, moved: 3, offered: 1, cancelled: 1 });
    expect(await here.appointment(third ?? '')).toMatchObject(proposal);
    expect((await here.appointment(first ?? '')).cancellation.reason).toBe('The doctor is away.');
  });

  test('leaves what no decision names for later', async () => {
    const here = await anAbsence(2);
    const [first] = here.appointmentIds;
    const decided = await applied(here, { decisions: [{ appointmentId: first, action: 'cancel' }] });
    expect(decided).toMatchObject({ status: 'completed', total: 1, done: 1 });
    expect(await applied(here, { action: 'move' })).toMatchObject({ total: 2, cancelled: 1, moved: 1 });
  });

  test('sent again does nothing to what is done, whatever it says', async () => {
    const here = await anAbsence(2);
    const first = await applied(here, { action: 'cancel' });
    expect(await applied(here, { action: 'move' })).toEqual(first);
    expect(await historyOf(here, here.appointmentIds[0] ?? '')).toEqual(['booked', 'cancelled']);
    expect((await here.get(here.absenceId)).body.report).toEqual(first);
  });

  test('reports visits that somebody has changed meanwhile, and leaves them alone', async () => {
    const here = await anAbsence(4);
    const { api } = here.clinic.admin;
    const [moved, cancelled, begun, left] = here.appointmentIds;
    expectStatus(await api.put(`/appointments/${moved}`, { startsAt: '2027-03-24T08:00:00Z' }), 200);
    expectStatus(await api.delete(`/appointments/${cancelled}`), 200);
    for (const step of ['check-in', 'start']) {
      expectStatus(await api.post(`/appointments/${begun}/${step}`), 200);
    }
    const report = await applied(here, { action: 'cancel' });
    expect(report).toMatchObject({ done: 4, changed: 3, cancelled: 1 });
    const codes = new Map(report.items.map((item: any) => [item.appointmentId, item.code]));
    expect([moved, cancelled, begun, left].map((id) => codes.get(id))).toEqual([
      'appointment_moved',
      'appointment_cancelled',
      'appointment_in_progress',
      null,
    ]);
    expect((await here.appointment(moved ?? '')).status).toBe('confirmed');
  });

  test('by several at once does everything once', async () => {
    const here = await anAbsence(6);
    const path = `/doctors/${here.doctorId}/absences/${here.absenceId}/apply`;
    const elsewhere = twin.api.with({ Authorization: `Bearer ${here.clinic.admin.token}` });
    const reports = await Promise.all([
      here.apply(here.absenceId, { action: 'move' }),
      elsewhere.post(path, { action: 'cancel' }),
      here.apply(here.absenceId, { action: 'move' }),
    ]);
    expect(reports.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { moved, cancelled } = await applied(here, { action: 'move' });
    expect([moved, cancelled].toSorted()).toEqual([0, 6]);
    for (const id of here.appointmentIds) expect(await historyOf(here, id)).toHaveLength(2);
  });

  test.each([
    [{}, '/action'],
    [{ decisions: [] }, '/action'],
    [{ action: 'forget' }, '/action'],
    [{ decisions: [{ action: 'move' }] }, '/decisions/0/appointmentId'],
  ])('%j is 422 at %s', async (body, pointer) => {
    const here = await anAbsence(0);
    const answer = expectCode(await here.apply(here.absenceId, body), 'validation_failed');
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  test('refuses contradictions and what the absence does not affect, and changes nothing', async () => {
    const here = await anAbsence(1);
    const [appointmentId] = here.appointmentIds;
    const proposal = { doctorId: here.colleagueId, startsAt: at(0) };
    const cancel = { appointmentId, action: 'cancel' };
    const refused = async (...decisions: object[]) => here.apply(here.absenceId, { decisions });
    expectCode(await refused({ ...cancel, proposal }), 'validation_failed');
    expectCode(await refused(cancel, cancel), 'validation_failed');
    expectCode(await refused(cancel, { ...cancel, appointmentId: newId() }), 'appointment_not_found');
    const unknown = { appointmentId, action: 'move', proposal: { ...proposal, doctorId: newId() } };
    expectCode(await refused(unknown), 'doctor_not_found');
    expect((await here.get(here.absenceId)).body.report).toBeNull();
    expect((await here.appointment(appointmentId ?? '')).version).toBe(1);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { expectStatus, type Person } from './support/clinic.ts';
import {
  backAgain,
  bookedUp,
  cancel,
  enter,
  entryOf,
  offerTo,
  startTwins,
  statusOf,
  type Twins,
  waits,
} from './support/waitlist.ts';

let twins: Twins;
beforeAll(async () => {
  twins = await startTwins();
});
afterAll(() => twins.stop());

describe('POST /waitlist', () => {
  test('201: the patient waits, with the wishes as they were given', async () => {
    const here = await bookedUp(twins);
    const wishes = {
      specialization: undefined,
      daysOfWeek: [1],
      timeRange: { startTime: '09:00', endTime: '12:00' },
    };
    const waiting = await waits(here, wishes);
    expect(await entryOf(waiting)).toMatchObject({
      patientId: waiting.patientId,
      doctorId: null,
      specialization: null,
      earliest: '2027-03-22T00:00:00.000Z',
      daysOfWeek: [1],
      timeRange: { startTime: '09:00', endTime: '12:00' },
      status: 'waiting',
      offer: null,
      version: 1,
    });
  });

  test('201: staff enter a patient; a doctor only for the own calendar', async () => {
    const here = await bookedUp(twins);
    const { patientId } = await here.clinic.patient();
    const staff = await here.clinic.staff('receptionist');
    expect((await enter(here, staff, { patientId })).body.patientId).toBe(patientId);
    expect((await enter(here, staff, {})).body.code).toBe('validation_failed');
    const doctor = await here.clinic.staff('doctor');
    expect((await enter(here, doctor, { patientId, doctorId: here.doctorId })).body.code).toBe('forbidden');
  });

  test('404 and 422: for what nobody gives', async () => {
    const here = await bookedUp(twins);
    const patient = await here.clinic.patient();
    const notForPatients = await here.clinic.service({ name: 'Inside', bookableByPatients: false });
    expect((await enter(here, patient, { serviceId: newId() })).body.code).toBe('service_not_found');
    expect((await enter(here, patient, { doctorId: newId() })).body.code).toBe('doctor_not_found');
    expect((await enter(here, patient, { patientId: here.owner.patientId })).body.code).toBe(
      'patient_not_found',
    );
    expect((await enter(here, patient, { serviceId: notForPatients })).body.code).toBe('service_not_offered');
    expect((await enter(here, patient, { specialization: 'cardiology' })).body.code).toBe(
      'service_not_offered',
    );
  });

  test.each([
    ['latest before earliest', { latest: '2027-03-21T00:00:00Z' }],
    ['a time that has passed', { earliest: '2027-03-01T00:00:00Z', latest: '2027-03-02T00:00:00Z' }],
    ['no such day', { daysOfWeek: [0] }],
    ['a range that ends before it begins', { timeRange: { startTime: '12:00', endTime: '09:00' } }],
    ['a doctor and a specialization', { doctorId: newId(), specialization: 'cardiology' }],
  ])('422: %s', async (_name, wishes) => {
    const here = await bookedUp(twins);
    const answer = await enter(here, here.owner, wishes);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
  });

  test('409 waitlist_full: nobody waits for more than ten things at once, also when asking all at once', async () => {
    const here = await bookedUp(twins);
    const patient = await here.clinic.patient();
    const lasting = (hours: number) => ({ latest: `2027-03-28T${hours}:00:00Z` });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => enter(here, patient, lasting(i + 10))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ body }) => body.code === 'waitlist_full')).toHaveLength(2);
  });
});

describe('who wishes for the same again', () => {
  const WISH = { daysOfWeek: [1, 3], timeRange: { startTime: '09:00', endTime: '12:00' } };
  const idsOf = async ({ api }: Person): Promise<string[]> =>
    expectStatus(await api.get('/waitlist'), 200).body.data.map(({ id }: { id: string }) => id);

  test('has one entry, also when asking ten times at once, and it was entered once', async () => {
    const here = await bookedUp(twins);
    const patient = await here.clinic.patient();
    const wish = { ...WISH, doctorId: here.doctorId };
    const answers = await Promise.all(Array.from({ length: 10 }, () => enter(here, patient, wish)));
    const again = await enter(here, patient, { ...wish, daysOfWeek: [3, 1] });
    const entries = [...answers, again].map((answer) => expectStatus(answer, 201).body);
    expect(await idsOf(patient)).toEqual([entries[0].id]);
    for (const entry of entries) expect(entry).toEqual(entries[0]);
    const { api } = here.clinic.admin;
    const recorded = expectStatus(await api.get('/audit-logs?action=waitlist.entered'), 200).body.data;
    expect(recorded).toMatchObject([{ resourceId: entries[0].id }]);
    const asStaff = await enter(here, here.clinic.admin, { ...wish, patientId: patient.patientId });
    expect(expectStatus(asStaff, 201).body.id).toBe(entries[0].id);
  });

  test('has it also where the waitlist is full', async () => {
    const here = await bookedUp(twins);
    const patient = await here.clinic.patient();
    for (let day = 1; day <= 7; day++) expectStatus(await enter(here, patient, { daysOfWeek: [day] }), 201);
    for (let day = 2; day <= 4; day++)
      expectStatus(await enter(here, patient, { daysOfWeek: [1, day] }), 201);
    expect((await enter(here, patient, WISH)).body.code).toBe('waitlist_full');
    expect((await enter(here, patient, { daysOfWeek: [1, 3] })).status).toBe(201);
    expect(await idsOf(patient)).toHaveLength(10);
  });

  test('keeps the place, and sees the time on offer', async () => {
    const here = await bookedUp(twins);
    const wish = { doctorId: here.doctorId };
    const [first, second] = [await waits(here, wish), await waits(here, wish)];
    expectStatus(await enter(here, first, wish), 201);
    await cancel(here);
    const offer = await offerTo(first);
    const again = expectStatus(await enter(here, first, wish), 201).body;
    expect(again).toMatchObject({ id: first.entryId, status: 'offered', offer: { id: offer.id } });
    expect(again.offer.token).toBe(offer.token);
    expect(await statusOf(second)).toBe('waiting');
  });

  test('stands at the end after leaving; another wish, or somebody else’s, is an entry of its own', async () => {
    const here = await bookedUp(twins);
    const first = await waits(here);
    const second = await waits(here);
    const wish = { doctorId: here.doctorId };
    expect(second.entryId).not.toBe(first.entryId);
    const other = expectStatus(await enter(here, first, { ...wish, ...WISH }), 201).body.id;
    expectStatus(await first.api.delete(`/waitlist/${first.entryId}`), 204);
    const again = expectStatus(await enter(here, first, wish), 201).body.id;
    expect(await idsOf(first)).toEqual([first.entryId, other, again]);
  });
});

describe('GET and DELETE /waitlist', () => {
  test('a patient sees the own entries, staff see all and may look for some', async () => {
    const here = await bookedUp(twins);
    const [first, second] = [await waits(here), await waits(here, {})];
    const listed = async ({ api }: Person, query = '') =>
      expectStatus(await api.get(`/waitlist${query}`), 200).body.data.map(({ id }: { id: string }) => id);
    expect(await listed(first)).toEqual([first.entryId]);
    expect(await listed(here.clinic.admin)).toEqual([first.entryId, second.entryId]);
    expect(await listed(here.clinic.admin, `?doctorId=${here.doctorId}`)).toEqual([first.entryId]);
    expect(await listed(here.clinic.admin, '?status=booked')).toEqual([]);
    expect((await second.api.get(`/waitlist/${first.entryId}`)).body.code).toBe('waitlist_entry_not_found');
    expect((await second.api.delete(`/waitlist/${first.entryId}`)).body.code).toBe(
      'waitlist_entry_not_found',
    );
  });

  test('who leaves is offered nothing; a time on offer goes to the next', async () => {
    const here = await bookedUp(twins);
    const [first, second, third] = [await waits(here), await waits(here), await waits(here)];
    expectStatus(await first.api.delete(`/waitlist/${first.entryId}`), 204);
    await cancel(here);
    await offerTo(second);
    expectStatus(await second.api.delete(`/waitlist/${second.entryId}`), 204);
    await offerTo(third);
    expect([await statusOf(first), await statusOf(second)]).toEqual(['left', 'left']);
    expect((await first.api.delete(`/waitlist/${first.entryId}`)).body.code).toBe('waitlist_entry_closed');
  });
});

test('an entry whose latest time has passed expires', async () => {
  const here = await bookedUp(twins);
  const waiting = await waits(here, {
    earliest: '2027-03-15T09:00:00Z',
    latest: '2027-03-15T12:00:00Z',
  });
  twins.setClocks('2027-03-15T12:00:00.000Z');
  const again = await backAgain(here, waiting);
  await until(async () => (await statusOf(again)) === 'expired');
});

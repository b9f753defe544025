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
    const answers = await Promise.all(Array.from({ length: 12 }, () => enter(here, patient, {})));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ body }) => body.code === 'waitlist_full')).toHaveLength(2);
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

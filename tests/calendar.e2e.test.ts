import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aBookableDoctor, another, type BookableDoctor as Bookable } from './support/bookable.ts';
import { expectStatus } from './support/clinic.ts';
import { startCheckedServer } from './support/checked-server.ts';
import type { TestServer } from './support/test-server.ts';

const NOW = '2027-03-15T08:00:00.000Z';
let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const bookable = (service?: object): Promise<Bookable> => {
  server.clock.set(NOW);
  return aBookableDoctor(server, service);
};

const MONDAY_9 = '2027-03-22T08:00:00.000Z';
const slotsOn = '&from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z';
const startsOf = async ({ patient, doctorId, serviceId }: Bookable): Promise<string[]> => {
  const answer = await patient.api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}${slotsOn}`);
  return expectStatus(answer, 200).body.data.map(({ startsAt }: { startsAt: string }) =>
    startsAt.slice(11, 16),
  );
};
const book = ({ patient, doctorId, serviceId }: Bookable, startsAt: string, more: object = {}) =>
  patient.api.post('/appointments', { doctorId, serviceId, startsAt, ...more });
const hold = ({ patient, doctorId, serviceId }: Bookable, startsAt = MONDAY_9) =>
  patient.api.post('/appointments/holds', { doctorId, serviceId, startsAt });

describe('POST /appointments/holds', () => {
  test('keeps the time from others until it is booked, in one transaction', async () => {
    const here = await bookable();
    const held = expectStatus(await hold(here), 201).body;
    expect(held.expiresAt).toBe('2027-03-15T08:05:00.000Z');
    const other = await another(here);
    expect(await startsOf(other)).not.toContain('08:00');
    expect((await book(other, MONDAY_9)).body.code).toBe('slot_taken');
    expect((await book(here, MONDAY_9, { holdId: held.id })).status).toBe(201);
    expect((await book(here, MONDAY_9, { holdId: held.id })).body.code).toBe('hold_not_found');
  });

  test('blocks nobody once it has expired: the time is offered, held and booked again', async () => {
    const here = await bookable();
    const held = expectStatus(await hold(here), 201).body;
    const other = await another(here);
    server.clock.set('2027-03-15T08:05:00.000Z');
    expect(await startsOf(other)).toContain('08:00');
    expect((await book(here, MONDAY_9, { holdId: held.id })).body.code).toBe('hold_expired');
    expect((await hold(other)).status).toBe(201);
    server.clock.set('2027-03-15T08:10:00.000Z');
    expect((await book(here, MONDAY_9)).status).toBe(201);
  });

  test('410 hold_expired: also once somebody else has the time, alone or in a shared visit', async () => {
    for (const capacity of [1, 2]) {
      server.clock.set('2027-03-15T08:00:00.000Z');
      const here = await bookable({ capacity });
      const held = expectStatus(await hold(here), 201).body;
      const others = [await another(here), await another(here)].slice(0, capacity);
      server.clock.set('2027-03-15T08:05:00.000Z');
      for (const other of others) expectStatus(await book(other, MONDAY_9), 201);
      for (let attempt = 1; attempt <= 2; attempt++) {
        const answer = await book(here, MONDAY_9, { holdId: held.id });
        expect([answer.status, answer.body.code]).toEqual([410, 'hold_expired']);
      }
      expectStatus(await here.patient.api.delete(`/appointments/holds/${held.id}`), 204);
      expect((await book(here, MONDAY_9)).body.code).toBe('slot_taken');
    }
  });

  test('404: somebody else’s hold cannot be used or given back', async () => {
    const here = await bookable();
    const held = expectStatus(await hold(here), 201).body;
    const other = await another(here);
    expect((await book(other, MONDAY_9, { holdId: held.id })).body.code).toBe('hold_not_found');
    expect((await other.patient.api.delete(`/appointments/holds/${held.id}`)).body.code).toBe(
      'hold_not_found',
    );
  });

  test('422 hold_mismatch: a hold is for its own time', async () => {
    const here = await bookable();
    const held = expectStatus(await hold(here), 201).body;
    const answer = await book(here, '2027-03-22T08:30:00Z', { holdId: held.id });
    expect([answer.status, answer.body.code]).toEqual([422, 'hold_mismatch']);
    expect((await book(here, MONDAY_9, { holdId: held.id })).status).toBe(201);
  });

  test('given back, frees the time', async () => {
    const here = await bookable();
    const held = expectStatus(await hold(here), 201).body;
    expectStatus(await here.patient.api.delete(`/appointments/holds/${held.id}`), 204);
    expect(await startsOf(here)).toContain('08:00');
  });

  test('of 20 holds at once for one time, one is given', async () => {
    const here = await bookable();
    const others = await Promise.all(Array.from({ length: 20 }, () => another(here)));
    const answers = await Promise.all(others.map((other) => hold(other)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });
});

describe('a service with capacity', () => {
  test('lets as many patients share one start as it has seats, and no one more', async () => {
    const here = await bookable({ capacity: 2 });
    const [second, third] = [await another(here), await another(here)];
    expectStatus(await book(here, MONDAY_9), 201);
    expect(await startsOf(second)).toContain('08:00');
    expectStatus(await book(second, MONDAY_9), 201);
    expect(await startsOf(third)).not.toContain('08:00');
    expect((await book(third, MONDAY_9)).body.code).toBe('slot_taken');
  });

  test('never gives more seats than there are to 20 patients at once', async () => {
    const here = await bookable({ capacity: 3 });
    const others = await Promise.all(Array.from({ length: 20 }, () => another(here)));
    const answers = await Promise.all(others.map((other) => book(other, MONDAY_9)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter(({ body }) => body.code === 'slot_taken')).toHaveLength(17);
  });

  test('overlaps no other service', async () => {
    const here = await bookable({ capacity: 2 });
    const otherService = await here.clinic.service({ name: 'Other' });
    expectStatus(
      await here.clinic.admin.api.patch(`/doctors/${here.doctorId}`, {
        serviceIds: [here.serviceId, otherService],
      }),
      200,
    );
    expectStatus(await book(here, MONDAY_9), 201);
    const other = { ...(await another(here)), serviceId: otherService };
    expect(await startsOf(other)).not.toContain('08:00');
    expect((await book(other, MONDAY_9)).body.code).toBe('slot_taken');
  });

  test('is free for anything again when the last of its patients has left', async () => {
    const here = await bookable({ capacity: 2, durationMinutes: 60 });
    const before = await startsOf(here);
    const [first, second] = [expectStatus(await book(here, MONDAY_9), 201).body, await another(here)];
    const { id } = expectStatus(await book(second, MONDAY_9), 201).body;
    expectStatus(await here.patient.api.delete(`/appointments/${first.id}`), 200);
    expect(await startsOf(here)).toContain('08:00');
    expectStatus(
      await second.patient.api.put(`/appointments/${id}`, { startsAt: '2027-03-22T09:00:00Z' }),
      200,
    );
    expectStatus(await second.patient.api.delete(`/appointments/${id}`), 200);
    expect(await startsOf(here)).toEqual(before);
  });

  test('counts a seat that is held, until the hold expires', async () => {
    const here = await bookable({ capacity: 1 + 1 });
    const [second, third] = [await another(here), await another(here)];
    expectStatus(await hold(here), 201);
    expectStatus(await book(second, MONDAY_9), 201);
    expect((await book(third, MONDAY_9)).body.code).toBe('slot_taken');
    server.clock.set('2027-03-15T08:06:00.000Z');
    expect(await startsOf(third)).toContain('08:00');
    expect((await book(third, MONDAY_9)).status).toBe(201);
  });
});

describe('override', () => {
  const override = { override: { reason: 'Emergency' } };
  const asStaff = (
    { clinic, patient, doctorId, serviceId }: Bookable,
    startsAt: string,
    more: object = override,
  ) =>
    clinic.admin.api.post('/appointments', {
      doctorId,
      serviceId,
      startsAt,
      patientId: patient.patientId,
      ...more,
    });

  test('books outside working time and beside another appointment, with its reason in the history', async () => {
    const here = await bookable();
    expectStatus(await book(here, MONDAY_9), 201);
    const other = await another(here);
    expect((await asStaff(other, MONDAY_9, {})).body.code).toBe('slot_taken');
    const { id } = expectStatus(await asStaff(other, MONDAY_9), 201).body;
    expectStatus(await asStaff(other, '2027-03-22T18:00:00Z'), 201);
    const { body } = await here.clinic.admin.api.get(`/appointments/${id}/history`);
    expect(body.data).toMatchObject([{ action: 'booked', reason: 'Emergency' }]);
  });

  test('takes time when it moves by the rules, also where it found none left before', async () => {
    const here = await bookable();
    expectStatus(await book(here, MONDAY_9), 201);
    // The same patient and the same doctor: everything is taken already.
    const { id } = expectStatus(await asStaff(here, MONDAY_9), 201).body;
    const startsAt = '2027-03-22T09:00:00.000Z';
    expectStatus(await here.clinic.admin.api.put(`/appointments/${id}`, { startsAt }), 200);
    expect((await book(await another(here), startsAt)).body.code).toBe('slot_taken');
  });

  test('that waits for the clinic is confirmed beside another appointment', async () => {
    const here = await bookable({ requiresConfirmation: true });
    expectStatus(await book(here, MONDAY_9), 201);
    const { id } = expectStatus(await asStaff(here, MONDAY_9), 201).body;
    const confirmed = await here.clinic.admin.api.post(`/appointments/${id}/confirm`);
    expect([confirmed.status, confirmed.body.status]).toEqual([200, 'confirmed']);
  });

  test('keeps its time when the appointment beside it leaves', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    const other = await another(here);
    expectStatus(await asStaff(other, MONDAY_9), 201);
    expectStatus(await here.patient.api.delete(`/appointments/${id}`), 200);
    expect(await startsOf(here)).not.toContain('08:00');
    expect((await book(here, MONDAY_9)).body.code).toBe('slot_taken');
  });

  test('403: is not for doctors or patients', async () => {
    const here = await bookable();
    expect((await book(here, '2027-03-22T18:00:00Z', override)).body.code).toBe('forbidden');
  });
});

describe('the rules of the clinic', () => {
  test('409: a patient has no more active appointments than allowed, also when booking two at once', async () => {
    const here = await bookable();
    await here.clinic.settings({ maxActiveAppointmentsPerPatient: 1 });
    const answers = await Promise.all([book(here, MONDAY_9), book(here, '2027-03-22T09:00:00Z')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('appointment_limit_reached');
  });

  test('a pending appointment that blocks no time takes it when it is confirmed, if it can', async () => {
    const here = await bookable({ requiresConfirmation: true });
    await here.clinic.settings({ pendingBlocksTime: false });
    const [second, staff] = [await another(here), here.clinic.admin.api];
    const first = expectStatus(await book(here, MONDAY_9), 201).body;
    const rival = expectStatus(await book(second, MONDAY_9), 201).body;
    expectStatus(await staff.post(`/appointments/${first.id}/confirm`), 200);
    expect(await startsOf(here)).not.toContain('08:00');
    expect((await staff.post(`/appointments/${rival.id}/confirm`)).body.code).toBe('slot_taken');
  });

  test('422: a patient cancels and moves with the notice that the clinic wants; staff at any time', async () => {
    const here = await bookable();
    await here.clinic.settings({ cancellationNoticeMinutes: 1440, rescheduleNoticeMinutes: 1440 });
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    server.clock.set('2027-03-21T09:00:00.000Z');
    const patient = await here.clinic.logIn(here.patient);
    expect((await patient.api.delete(`/appointments/${id}`)).body.code).toBe('notice_too_short');
    expect(
      (await patient.api.put(`/appointments/${id}`, { startsAt: '2027-03-23T08:00:00Z' })).body.code,
    ).toBe('notice_too_short');
    const admin = await here.clinic.logIn(here.clinic.admin);
    expect((await admin.api.delete(`/appointments/${id}`)).status).toBe(200);
  });
});

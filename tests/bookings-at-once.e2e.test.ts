import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer } from './support/api.ts';
import { MONDAY_9 } from './support/bookable.ts';
import { aClinic, expectStatus } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const NIGHT = '2027-03-22T02:00:00.000Z';

/** A clinic of several doctors and patients, in which the front desk books. */
const aDesk = async (count: number) => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const serviceId = await clinic.service();
  const each = Array.from({ length: count });
  const doctorIds = await Promise.all(each.map(() => clinic.doctor([serviceId])));
  const patientIds = await Promise.all(
    each.map(async (_, i): Promise<string> => {
      const person = { firstName: 'Ada', lastName: `Berger ${i}`, dateOfBirth: '1990-01-01' };
      return expectStatus(await api.post('/patients', person), 201).body.id;
    }),
  );
  const book = (
    doctorId: string | undefined,
    patientId: string | undefined,
    startsAt: string = MONDAY_9,
    headers: Record<string, string> = {},
  ) => api.post('/appointments', { doctorId, patientId, serviceId, startsAt }, headers);
  const booked = async (): Promise<string[]> => {
    const { body } = expectStatus(await api.get('/appointments?limit=100'), 200);
    return body.data.map((visit: { doctorId: string; patientId: string; startsAt: string }) =>
      [visit.doctorId, visit.patientId, visit.startsAt].join(),
    );
  };
  return { api, doctorIds, patientIds, book, booked };
};

const codeOf = ({ status, body }: Answer): string => (status === 201 ? '201' : `${status} ${body.code}`);
const visitIn = ({ body: { doctorId, patientId, startsAt } }: Answer): string =>
  [doctorId, patientId, startsAt].join();

test('of bookings at once, each is answered for itself, and all that were confirmed are there with their history', async () => {
  const { api, doctorIds, patientIds, book, booked } = await aDesk(8);
  expectStatus(await book(doctorIds[0], patientIds[0]), 201);
  const answers = await Promise.all([
    book(doctorIds[1], patientIds[1]),
    book(doctorIds[2], patientIds[2]),
    // Taken, at night, for nobody, and with nobody.
    book(doctorIds[0], patientIds[3]),
    book(doctorIds[3], patientIds[4], NIGHT),
    book(doctorIds[4], doctorIds[4]),
    book(patientIds[5], patientIds[5]),
    // The patient is elsewhere then.
    book(doctorIds[5], patientIds[0]),
    book(doctorIds[6], patientIds[6]),
    book(doctorIds[7], patientIds[7]),
  ]);
  expect(answers.map(codeOf)).toEqual([
    ...['201', '201', '409 slot_taken', '422 outside_availability', '404 patient_not_found'],
    ...['404 doctor_not_found', '409 patient_busy', '201', '201'],
  ]);
  const confirmed = answers.filter(({ status }) => status === 201);
  const visits = await booked();
  expect(visits).toHaveLength(confirmed.length + 1);
  expect(visits).toEqual(expect.arrayContaining(confirmed.map(visitIn)));
  for (const { body } of confirmed) {
    const history = expectStatus(await api.get(`/appointments/${body.id}/history`), 200).body.data;
    expect(history.map(({ action }: { action: string }) => action)).toEqual(['booked']);
  }
});

test('a key that comes twice at once, among others, books once', async () => {
  const { doctorIds, patientIds, book, booked } = await aDesk(6);
  const key = { 'Idempotency-Key': 'the same' };
  const first = () => book(doctorIds[0], patientIds[0], MONDAY_9, key);
  const others = [1, 2, 3, 4].map((i) =>
    book(doctorIds[i], patientIds[i], MONDAY_9, { 'Idempotency-Key': `${i}` }),
  );
  const answers = await Promise.all([first(), ...others, first(), book(doctorIds[5], patientIds[5])]);
  const repeated = [answers[0], answers[5]].flatMap((answer) => (answer ? [answer] : []));
  const allowed = ['201', '409 idempotency_in_progress'];
  for (const answer of repeated) expect(allowed).toContain(codeOf(answer));
  expect(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id)).size).toBe(6);
  expect(await booked()).toHaveLength(6);
  expect(codeOf(await first())).toBe('201');
  expect(await booked()).toHaveLength(6);
});

test('a patient’s limit holds for bookings at once with several doctors', async () => {
  const clinic = await aClinic(server);
  await clinic.settings({ maxActiveAppointmentsPerPatient: 2 });
  const serviceId = await clinic.service();
  const doctorIds = await Promise.all([1, 2, 3, 4, 5].map(() => clinic.doctor([serviceId])));
  const { api } = await clinic.patient();
  const answers = await Promise.all(
    doctorIds.map((doctorId, i) =>
      api.post('/appointments', {
        doctorId,
        serviceId,
        startsAt: `2027-03-22T0${8 + (i % 2)}:${i < 2 ? '00' : '30'}:00.000Z`,
      }),
    ),
  );
  const codes = answers.map(codeOf);
  expect(codes.filter((code) => code === '201')).toHaveLength(2);
  expect(new Set(codes)).toEqual(
    new Set(['201', expect.stringMatching(/appointment_limit_reached|patient_busy/)]),
  );
});

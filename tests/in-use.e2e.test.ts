import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, expectCode, expectStatus } from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const MONDAY_9 = '2027-03-22T08:00:00.000Z';
const MONDAY_10 = '2027-03-22T09:00:00.000Z';

/** A visit that names one of everything. */
const aVisit = async () => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const add = async (path: string, fields: object): Promise<string> =>
    expectStatus(await api.post(path, fields), 201).body.id;
  const place = { address: 'Main Street 1', timezone: 'Europe/Berlin' };
  const locationId = await add('/locations', { name: 'Centre', ...place });
  const branch = await add('/locations', { name: 'Branch', ...place });
  const roomId = await add('/rooms', { name: 'Room 1', locationId });
  const elsewhere = await add('/rooms', { name: 'Room 2', locationId: branch });
  const serviceId = await clinic.service();
  const doctorId = await clinic.doctor([serviceId]);
  const { patientId } = await clinic.patient();
  const visit = { doctorId, serviceId, patientId };
  const names = { locationId, roomId };
  const id = await add('/appointments', { ...visit, ...names, startsAt: MONDAY_9 });
  const paths = {
    doctor: `/doctors/${doctorId}`,
    service: `/services/${serviceId}`,
    location: `/locations/${locationId}`,
    room: `/rooms/${roomId}`,
  };
  return { api, clinic, visit, names, id, paths, branch, elsewhere, add };
};
const kinds = ['doctor', 'service', 'location', 'room'] as const;

describe.each(kinds)('a %s that an appointment to come names', (kind) => {
  test('cannot be removed, until the appointment is cancelled', async () => {
    const { api, id, paths } = await aVisit();
    const refused = expectCode(await api.delete(paths[kind]), 'still_booked');
    expect([refused.status, refused.body.affectedAppointments]).toMatchObject([409, [{ id }]]);
    expectStatus(await api.delete(`/appointments/${id}`), 200);
    expectStatus(await api.delete(paths[kind]), 204);
    expect((await api.get(`/appointments/${id}`)).body.status).toBe('cancelled');
  });

  test('can be taken out of use: the appointment is answered and stays, and no other is taken', async () => {
    const { api, visit, names, id, paths } = await aVisit();
    const change = async (active: boolean) =>
      expectStatus(await api.patch(paths[kind], { active }), 200).body.affectedAppointments;
    expect(await change(false)).toMatchObject([{ id, startsAt: MONDAY_9, status: 'confirmed' }]);
    expect(await change(false)).toEqual([]);
    expect((await api.get(`/appointments/${id}`)).body.status).toBe('confirmed');
    const another = () => api.post('/appointments', { ...visit, ...names, startsAt: MONDAY_10 });
    const isPlace = kind === 'location' || kind === 'room';
    expectCode(await another(), isPlace ? 'place_not_in_use' : 'service_not_offered');
    expect(await change(true)).toEqual([]);
    expectStatus(await another(), 201);
  });
});

test('hours at a location that is not in use are not offered, and come back with it', async () => {
  const { clinic, api, visit, names, paths } = await aVisit();
  const rules = [{ dayOfWeek: 1, startTime: '09:00', endTime: '12:00', locationId: names.locationId }];
  const doctorId = await clinic.doctor([visit.serviceId], { rules });
  const offered = async () => {
    const query = `serviceId=${visit.serviceId}&from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z`;
    return (await api.get(`/doctors/${doctorId}/slots?${query}`)).body.data.length;
  };
  expect(await offered()).toBe(6);
  expectStatus(await api.patch(paths.location, { active: false }), 200);
  expect(await offered()).toBe(0);
  expect((await api.get(`/doctors/${doctorId}/availability`)).body.rules).toHaveLength(1);
  expectStatus(await api.patch(paths.location, { active: true }), 200);
  expect(await offered()).toBe(6);
});

test('a doctor who gives a service no more learns which appointments were for it', async () => {
  const { api, clinic, id, paths } = await aVisit();
  const serviceIds = [await clinic.service({ name: 'Other' })];
  const { body } = expectStatus(await api.patch(paths.doctor, { serviceIds }), 200);
  expect(body.affectedAppointments).toMatchObject([{ id }]);
});

test('a room that moves to another location answers the appointments in it', async () => {
  const { api, id, paths, branch } = await aVisit();
  const { body } = expectStatus(await api.patch(paths.room, { locationId: branch }), 200);
  expect(body.affectedAppointments).toMatchObject([{ id }]);
});

describe('the room of an appointment', () => {
  test('brings its location along, and is refused at another one', async () => {
    const { api, visit, names, id, elsewhere, branch } = await aVisit();
    const booking = { ...visit, startsAt: MONDAY_10 };
    const wrong = { ...names, roomId: elsewhere };
    expectCode(await api.post('/appointments', { ...booking, ...wrong }), 'room_elsewhere');
    expectCode(await api.put(`/appointments/${id}`, wrong), 'room_elsewhere');
    const booked = expectStatus(await api.post('/appointments', { ...booking, roomId: elsewhere }), 201);
    expect(booked.body).toMatchObject({ locationId: branch, roomId: elsewhere });
  });

  test('is kept by a move, unless it is not in use any more', async () => {
    const { api, names, id, paths } = await aVisit();
    const move = async (startsAt: string) =>
      expectStatus(await api.put(`/appointments/${id}`, { startsAt }), 200).body;
    expect(await move(MONDAY_10)).toMatchObject(names);
    expectStatus(await api.patch(paths.room, { active: false }), 200);
    expect(await move(MONDAY_9)).toMatchObject({ ...names, roomId: null });
  });

  test('is never one that is being taken out of use: a booking that races it is answered, or refused', async () => {
    const { api, visit, names, clinic, paths } = await aVisit();
    const patients = await Promise.all(
      ['08:30', '09:00', '09:30', '10:00'].map(async (time) => ({
        startsAt: `2027-03-22T${time}:00Z`,
        ...(await clinic.patient().then(({ patientId }) => ({ patientId }))),
      })),
    );
    const book = (each: object) => api.post('/appointments', { ...visit, ...names, ...each });
    const bookings = patients.slice(0, 2).map(book);
    const taken = api.patch(paths.room, { active: false });
    bookings.push(...patients.slice(2).map(book));
    const affected = (await taken).body.affectedAppointments.map((each: { id: string }) => each.id);
    for (const answer of await Promise.all(bookings)) {
      if (answer.status === 201) expect(affected).toContain(answer.body.id);
      else expectCode(answer, 'place_not_in_use');
    }
  });
});

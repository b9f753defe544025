import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { io } from 'socket.io-client';
import { sql } from '../../src/database/sql.ts';
import { testDatabase } from '../../src/database/tests/test-database.ts';
import { until } from '../../src/shared/tests/until.ts';
import { aBookableClinic, MONDAY_9 } from '../support/bookable.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus, type Person } from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const MONDAY_930 = '2027-03-22T08:30:00.000Z';
const CHILD = { firstName: 'Tim', lastName: 'Example', dateOfBirth: '2020-01-01' };

/** A doctor who can log in and works every morning. */
const aDoctor = async (clinic: Clinic, serviceId: string): Promise<Person & { doctorId: string }> => {
  const person = await clinic.staff('doctor');
  return { ...person, doctorId: await clinic.doctor([serviceId], { userId: person.userId }) };
};
const aChild = async ({ admin }: Clinic, guardianId: string): Promise<string> => {
  const { id } = expectStatus(await admin.api.post('/patients', CHILD), 201).body;
  const link = { guardianId, relationship: 'parent' };
  expectStatus(await admin.api.post(`/patients/${id}/guardians`, link), 201);
  return id;
};
const idsOf = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map(({ id }) => id);

describe('a guardian', () => {
  test('finds, holds, books, sees, moves and cancels for the child, from the moment they are named', async () => {
    const { clinic, visit, patient } = await aBookableClinic(server);
    const childId = await aChild(clinic, patient.patientId);
    const { api } = patient;
    expect(idsOf(await api.get('/patients'))).toEqual([patient.patientId, childId]);
    expect((await api.get(`/patients/${childId}`)).body).toMatchObject(CHILD);
    expect((await api.get(`/patients/${patient.patientId}/dependants`)).body.data).toMatchObject([
      { patientId: childId, relationship: 'parent', firstName: 'Tim' },
    ]);

    const held = await api.post('/appointments/holds', { ...visit, patientId: childId });
    const holdId = expectStatus(held, 201).body.id;
    const booked = await api.post('/appointments', { ...visit, patientId: childId, holdId });
    const { id } = expectStatus(booked, 201).body;
    expect(booked.body.patientId).toBe(childId);
    expect(idsOf(await api.get('/appointments'))).toEqual([id]);
    const moved = await api.put(`/appointments/${id}`, { startsAt: MONDAY_930 });
    expect(expectStatus(moved, 200).body.startsAt).toBe(MONDAY_930);
    expectStatus(await api.get(`/appointments/${id}/history`), 200);
    expectStatus(await api.delete(`/appointments/${id}`), 200);
    const { doctorId, serviceId } = visit;
    const wish = { doctorId, serviceId, patientId: childId, earliest: MONDAY_9, latest: MONDAY_930 };
    expect(expectStatus(await api.post('/waitlist', wish), 201).body.patientId).toBe(childId);
  });

  test('may be at the doctor’s at the time at which the child is', async () => {
    const { clinic, visit, patient } = await aBookableClinic(server);
    const childId = await aChild(clinic, patient.patientId);
    expectStatus(await patient.api.post('/appointments', visit), 201);
    const doctorId = await clinic.doctor([visit.serviceId]);
    const ofChild = { ...visit, doctorId, patientId: childId };
    expectStatus(await patient.api.post('/appointments', ofChild), 201);
    expectCode(
      await patient.api.post('/appointments', { ...ofChild, doctorId: visit.doctorId, startsAt: MONDAY_9 }),
      'slot_taken',
    );
  });

  test('is nobody to the child any more as soon as they are removed', async () => {
    const { clinic, visit, patient } = await aBookableClinic(server);
    const childId = await aChild(clinic, patient.patientId);
    const booked = await patient.api.post('/appointments', { ...visit, patientId: childId });
    const { id } = expectStatus(booked, 201).body;
    const path = `/patients/${childId}/guardians/${patient.patientId}`;
    expectStatus(await clinic.admin.api.delete(path), 204);
    expectCode(await clinic.admin.api.delete(path), 'guardian_not_found');
    expectCode(await patient.api.get(`/patients/${childId}`), 'patient_not_found');
    expectCode(await patient.api.get(`/appointments/${id}`), 'appointment_not_found');
    expectCode(await patient.api.delete(`/appointments/${id}`), 'appointment_not_found');
    expectCode(
      await patient.api.post('/appointments', { ...visit, patientId: childId, startsAt: MONDAY_930 }),
      'patient_not_found',
    );
  });

  test('a patient names no guardian, and is not their own', async () => {
    const clinic = await aClinic(server);
    const [patient, other] = [await clinic.patient(), await clinic.patient()];
    const path = `/patients/${patient.patientId}/guardians`;
    const link = { guardianId: other.patientId, relationship: 'parent' };
    expectCode(await patient.api.post(path, link), 'forbidden');
    const own = { ...link, guardianId: patient.patientId };
    expectCode(await clinic.admin.api.post(path, own), 'validation_failed');
    expectStatus(await clinic.admin.api.post(path, link), 201);
    expectCode(await clinic.admin.api.post(path, link), 'already_guardian');
    expect((await patient.api.get(path)).body.data).toMatchObject([{ guardianId: other.patientId }]);
    expectCode(await other.api.get(`/patients/${clinic.admin.userId}/guardians`), 'patient_not_found');
  });
});

describe('a doctor', () => {
  test('sees a patient while they are booked with them, and not once that is cancelled', async () => {
    const { clinic, visit, patient } = await aBookableClinic(server);
    const doctor = await aDoctor(clinic, visit.serviceId);
    const path = `/patients/${patient.patientId}`;
    expectCode(await doctor.api.get(path), 'patient_not_found');
    const booked = await patient.api.post('/appointments', { ...visit, doctorId: doctor.doctorId });
    const { id } = expectStatus(booked, 201).body;
    expectStatus(await doctor.api.get(path), 200);
    expect(idsOf(await doctor.api.get('/patients?q=exam'))).toEqual([patient.patientId]);
    expectStatus(await patient.api.delete(`/appointments/${id}`), 200);
    expectCode(await doctor.api.get(path), 'patient_not_found');
    expect(idsOf(await doctor.api.get('/patients'))).toEqual([]);
  });

  test('opens a record in an emergency, for an hour: administrators hear of it, the patient can see it', async () => {
    const clinic = await aClinic(server);
    const patient = await clinic.patient();
    const doctor = await clinic.staff('doctor');
    const path = `/patients/${patient.patientId}`;
    const told: { data: Record<string, unknown> }[] = [];
    const socket = io(server.url, { auth: { token: clinic.admin.token }, transports: ['websocket'] });
    socket.on('system_notification', (message: (typeof told)[number]) => told.push(message));
    await until(() => socket.connected);

    expectCode(await doctor.api.get(path), 'patient_not_found');
    expectCode(await doctor.api.post(`${path}/break-glass`, { reason: ' ' }), 'validation_failed');
    const reason = 'Found unconscious in the waiting room';
    const opened = expectStatus(await doctor.api.post(`${path}/break-glass`, { reason }), 201).body;
    expect(opened).toMatchObject({ patientId: patient.patientId, openedBy: doctor.userId, reason });
    expectStatus(await doctor.api.get(path), 200);
    expectStatus(await doctor.api.get(`${path}/medical-info`), 200);
    expectCode(await doctor.api.put(`${path}/medical-info`, {}), 'forbidden');

    // What is told inside the product comes beside it, before or after.
    const message = await until(() => told.find(({ data }) => data['kind'] !== 'notification'));
    socket.close();
    expect(message.data).toEqual({
      kind: 'record_opened_by_break_glass',
      openingId: opened.id,
      patientId: patient.patientId,
      userId: doctor.userId,
      expiresAt: opened.expiresAt,
    });
    const log = expectStatus(await patient.api.get(`${path}/access-log`), 200).body.data;
    expect(log.map(({ action, actorId, breakGlass }: never) => [action, actorId, breakGlass])).toEqual([
      ['patient.medical_info_viewed', doctor.userId, true],
      ['patient.viewed', doctor.userId, true],
      ['patient.opened_by_break_glass', doctor.userId, true],
    ]);
    expect(log[0]).toMatchObject({ actorName: 'Kim Example', actorRole: 'doctor' });
    expect((await clinic.admin.api.get(`${path}/break-glass`)).body.data).toEqual([opened]);
    expectCode(await doctor.api.get(`${path}/break-glass`), 'forbidden');
    expectCode(
      await (await clinic.staff('receptionist')).api.post(`${path}/break-glass`, { reason }),
      'forbidden',
    );
  });

  test('finds the record closed again when the hour is over', async () => {
    const own = await startCheckedServer();
    try {
      const clinic = await aClinic(own);
      const [patient, doctor] = [await clinic.patient(), await clinic.staff('doctor')];
      const path = `/patients/${patient.patientId}`;
      expectStatus(await doctor.api.post(`${path}/break-glass`, { reason: 'Emergency' }), 201);
      own.clock.set('2027-03-15T08:59:59.000Z');
      expectStatus(await (await clinic.logIn(doctor)).api.get(path), 200);
      own.clock.set('2027-03-15T09:00:00.000Z');
      expectCode(await (await clinic.logIn(doctor)).api.get(path), 'patient_not_found');
    } finally {
      await own.stop();
    }
  });
});

describe('the access log', () => {
  test('is the patient’s and the administrator’s to read, pages, and counts no reader twice', async () => {
    const clinic = await aClinic(server);
    const [patient, other] = [await clinic.patient(), await clinic.patient()];
    const receptionist = await clinic.staff('receptionist');
    const path = `/patients/${patient.patientId}`;
    for (let n = 0; n < 3; n++) expectStatus(await receptionist.api.get(path), 200);
    const first = expectStatus(await patient.api.get(`${path}/access-log?limit=2`), 200).body;
    const rest = await clinic.admin.api.get(`${path}/access-log?limit=2&cursor=${first.nextCursor}`);
    expect(first.data).toHaveLength(2);
    expect(rest.body.data).toHaveLength(1);
    expect(new Set([...first.data, ...rest.body.data].map(({ id }) => id)).size).toBe(3);
    expectCode(await receptionist.api.get(`${path}/access-log`), 'forbidden');
    expectCode(await other.api.get(`${path}/access-log`), 'patient_not_found');
  });
});

describe('medical information', () => {
  const INFO = {
    bloodType: 'A+',
    allergies: ['Xylomarker'],
    conditions: ['Condimarker'],
    medications: ['Medimarker 5 mg'],
  };

  test('is written by who treats the patient, read by the patient, and hidden from the front desk', async () => {
    const { clinic, visit, patient } = await aBookableClinic(server);
    const doctor = await aDoctor(clinic, visit.serviceId);
    const path = `/patients/${patient.patientId}/medical-info`;
    expectCode(await doctor.api.put(path, INFO), 'patient_not_found');
    expectStatus(await patient.api.post('/appointments', { ...visit, doctorId: doctor.doctorId }), 201);
    expect((await doctor.api.get(path)).body).toMatchObject({ bloodType: null, allergies: [], version: 0 });
    const written = expectStatus(await doctor.api.put(path, INFO), 200);
    expect(written.body).toMatchObject({ ...INFO, version: 1, updatedBy: doctor.userId });
    expectCode(await doctor.api.put(path, INFO, { 'If-Match': '"0"' }), 'version_conflict');
    expect((await patient.api.get(path)).body).toEqual(written.body);
    expectCode(await patient.api.put(path, INFO), 'forbidden');
    const receptionist = await clinic.staff('receptionist');
    expectCode(await receptionist.api.get(path), 'forbidden');
    expectCode(await receptionist.api.put(path, INFO), 'forbidden');
    expectCode(await (await clinic.patient()).api.get(path), 'patient_not_found');
    const cleared = expectStatus(await doctor.api.put(path, {}, { 'If-Match': '"1"' }), 200).body;
    expect(cleared).toMatchObject({ bloodType: null, allergies: [], conditions: [], medications: [] });
  });

  test('no word of it, nor of why a record was opened, is in any table', async () => {
    const { clinic, patient } = await aBookableClinic(server);
    const path = `/patients/${patient.patientId}`;
    expectStatus(await clinic.admin.api.put(`${path}/medical-info`, INFO), 200);
    const doctor = await clinic.staff('doctor');
    expectStatus(await doctor.api.post(`${path}/break-glass`, { reason: 'Reasonmarker' }), 201);
    expectCode(
      await clinic.admin.api.put(`${path}/medical-info`, { allergies: 'Xylomarker' }),
      'validation_failed',
    );
    const { database, close } = await testDatabase();
    const tables = await database.system.many<{ name: string }>(sql`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database()`);
    let dump = '';
    for (const { name } of tables) {
      const content = { ...sql``, text: `SELECT * FROM \`${name}\`` };
      const found = await database.system.many<Record<string, unknown>>(content);
      for (const row of found)
        for (const value of Object.values(row))
          dump += Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value);
    }
    await close();
    expect(dump).toContain('patient.medical_info_changed');
    for (const marker of ['Xylomarker', 'Condimarker', 'Medimarker', 'Reasonmarker'])
      expect([marker, dump.includes(marker)]).toEqual([marker, false]);
  });
});

describe('consents', () => {
  test('are given and withdrawn by the patient or at the front desk, and nothing said is lost', async () => {
    const clinic = await aClinic(server);
    const patient = await clinic.patient();
    const receptionist = await clinic.staff('receptionist');
    const path = `/patients/${patient.patientId}/consents`;
    expectStatus(await patient.api.post(path, { kind: 'research', status: 'given' }), 201);
    expectStatus(await receptionist.api.post(path, { kind: 'reminders', status: 'given' }), 201);
    expectStatus(await patient.api.post(path, { kind: 'research', status: 'withdrawn' }), 201);
    const all = expectStatus(await patient.api.get(path), 200).body.data;
    expect(all.map(({ kind, status }: { kind: string; status: string }) => `${kind} ${status}`)).toEqual([
      'research withdrawn',
      'reminders given',
      'research given',
    ]);
    expect(all[1].recordedBy).toBe(receptionist.userId);
    expect((await patient.api.get(`${path}?kind=reminders`)).body.data).toHaveLength(1);
    expectCode(await patient.api.post(path, { kind: 'anything', status: 'given' }), 'validation_failed');
    const stranger = await clinic.patient();
    expectCode(await stranger.api.post(path, { kind: 'research', status: 'given' }), 'patient_not_found');
  });
});

describe('the timeline', () => {
  test('holds visits and changes, the latest first, over all its pages, and no word of why', async () => {
    const { clinic, patient, book } = await aBookableClinic(server);
    const path = `/patients/${patient.patientId}`;
    const first = expectStatus(await book(), 201).body.id;
    const second = expectStatus(await book(undefined, MONDAY_930), 201).body.id;
    expectStatus(await patient.api.delete(`/appointments/${second}`, { reason: 'Feeling fine' }), 200);
    expectStatus(await patient.api.patch(path, { phone: '+49 30 1234567' }), 200);
    const seen = [];
    let cursor = '';
    do {
      const page = expectStatus(await clinic.admin.api.get(`${path}/timeline?limit=1${cursor}`), 200).body;
      seen.push(...page.data);
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(
      seen.map(({ kind, id, action, fields }) => [kind, kind === 'change' ? fields : id, action]),
    ).toEqual([
      ['appointment', second, 'cancelled'],
      ['appointment', first, 'confirmed'],
      ['change', ['phone'], 'patient.updated'],
      ['change', [], 'patient.created'],
    ]);
    expect(JSON.stringify(seen)).not.toContain('fine');
    expectCode(await (await clinic.patient()).api.get(`${path}/timeline`), 'patient_not_found');
  });
});

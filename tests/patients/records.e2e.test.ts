import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { aBookableClinic, MONDAY_9 } from '../support/bookable.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { aClinic, expectCode, expectStatus } from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const ANNA = { firstName: 'Anna', lastName: 'Müller-Groß', dateOfBirth: '1990-04-23' };
const add = async (api: Api, fields: object, query = '?force=true') =>
  expectStatus(await api.post(`/patients${query}`, { ...ANNA, ...fields }), 201).body;
const idsOf = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map(({ id }) => id);

describe('GET /patients?q=', () => {
  test('finds by beginnings of everything that is on a card, in any order and spelling', async () => {
    const { admin } = await aClinic(server);
    const anna = await add(admin.api, { email: 'Anna@Example.org', phone: '+49 (0)30 123-4567' });
    await add(admin.api, { firstName: 'Zoë', lastName: "O'Brien", dateOfBirth: '1971-01-02' });
    for (const q of [
      'anna',
      'MULLER',
      'müller-gr',
      'MUELLER GROSS',
      'gross anna',
      'mullergross',
      'P-000001',
      '000001',
      'anna@ex',
      '+49 30 12',
      '030 123',
      '301234567',
      '1990-04-23',
      '1990-04',
      '23.4.1990',
      'anna 1990',
      'anna 030 1234567',
    ]) {
      const found = await admin.api.get(`/patients?q=${encodeURIComponent(q)}`);
      expect([q, idsOf(found)]).toEqual([q, [anna.id]]);
    }
    await add(admin.api, { firstName: 'Juergen', lastName: 'Moeller', dateOfBirth: '1964-05-06' });
    for (const q of ['jürgen', 'JURG', 'möller', 'juergen moel', 'obrien', 'o’brien', "O'B", 'zoe 1971'])
      expect((await admin.api.get(`/patients?q=${encodeURIComponent(q)}`)).body.data).toHaveLength(1);
    for (const q of ['nna', 'anna zoe', '%', '_', "' OR 1=1", '1990-05', '😀', '+', '*'])
      expect((await admin.api.get(`/patients?q=${encodeURIComponent(q)}`)).body.data).toEqual([]);
  });

  test('finds a patient by what they are called now, and not by what they were', async () => {
    const { admin } = await aClinic(server);
    const { id } = await add(admin.api, {});
    expectStatus(await admin.api.patch(`/patients/${id}`, { lastName: 'Schmidt' }), 200);
    expect(idsOf(await admin.api.get('/patients?q=schm'))).toEqual([id]);
    expect(idsOf(await admin.api.get('/patients?q=mull'))).toEqual([]);
    expectStatus(await admin.api.delete(`/patients/${id}`), 204);
    expect(idsOf(await admin.api.get('/patients?q=schm'))).toEqual([]);
  });

  test('pages through what it has found without skipping or repeating, while patients are added', async () => {
    const { admin } = await aClinic(server);
    const added = [];
    for (let n = 0; n < 5; n++) added.push((await add(admin.api, {})).id);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await admin.api.get(`/patients?q=ann mu&limit=2${cursor}`);
      seen.push(...idsOf(page));
      cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`;
      if (seen.length === 2) added.push((await add(admin.api, {})).id);
    } while (cursor !== '');
    expect(seen).toEqual(added);
  });

  test('filters by what somebody has exactly', async () => {
    const { admin } = await aClinic(server);
    const { id } = await add(admin.api, { email: 'a@example.org', phone: '+49 30 99887766' });
    await add(admin.api, { dateOfBirth: '1990-04-24' });
    for (const query of [
      'dateOfBirth=1990-04-23',
      'email=A@example.org',
      'phone=%2B49%2030%2099887766',
      'medicalRecordNumber=p-000001',
      'dateOfBirth=1990-04-23&q=anna',
    ])
      expect([query, idsOf(await admin.api.get(`/patients?${query}`))]).toEqual([query, [id]]);
    expect(idsOf(await admin.api.get('/patients?email=b@example.org'))).toEqual([]);
  });
});

describe('POST /patients', () => {
  test.each([
    ['name_and_birth_date', { firstName: 'ANNA', lastName: 'Muller Gross' }],
    ['name_and_birth_date', { firstName: 'Müller-Groß', lastName: 'Anna' }],
    ['name_and_birth_date', { lastName: 'Mueller-Gross' }],
    ['phone', { firstName: 'A.', lastName: 'Berg', phone: '030 1234567' }],
    ['email', { firstName: 'A.', lastName: 'Berg', email: 'ANNA@example.org' }],
  ])('409 tells who is there with the same %s, and adds nobody', async (match, fields) => {
    const { admin } = await aClinic(server);
    const { id } = await add(admin.api, { phone: '+49 30 1234567', email: 'anna@example.org' }, '');
    const answer = expectCode(
      await admin.api.post('/patients', { ...ANNA, ...fields }),
      'possible_duplicate',
    );
    expect(answer.body.candidates).toMatchObject([{ id, lastName: 'Müller-Groß' }]);
    expect(answer.body.candidates[0].matches).toContain(match);
    expect(idsOf(await admin.api.get('/patients'))).toEqual([id]);
    const forced = await add(admin.api, fields);
    expect(forced.medicalRecordNumber).toBe('P-000002');
  });

  test('201 for brothers and sisters who share phone and mailbox', async () => {
    const { admin } = await aClinic(server);
    const home = { phone: '+49 30 1234567', email: 'home@example.org' };
    await add(admin.api, home, '');
    await add(admin.api, { ...home, firstName: 'Ben', dateOfBirth: '1992-01-01' }, '');
  });

  test('of two who add the same person at once, one is told', async () => {
    const { admin } = await aClinic(server);
    const answers = await Promise.all(Array.from({ length: 6 }, () => admin.api.post('/patients', ANNA)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  test('a candidate of another clinic is nobody’s business', async () => {
    const [one, other] = [await aClinic(server), await aClinic(server)];
    await add(one.admin.api, {}, '');
    await add(other.admin.api, {}, '');
  });
});

describe('DELETE /patients/:id', () => {
  test('409 names the appointments to come; 204 once they are cancelled', async () => {
    const { clinic, patient, book } = await aBookableClinic(server);
    const { id } = expectStatus(await book(), 201).body;
    const path = `/patients/${patient.patientId}`;
    const refused = expectCode(await clinic.admin.api.delete(path), 'upcoming_appointments');
    expect(refused.body.appointments).toEqual([{ id, startsAt: MONDAY_9 }]);
    expectStatus(await clinic.admin.api.delete(`/appointments/${id}`), 200);
    expectStatus(await clinic.admin.api.delete(path), 204);
    expectCode(await patient.api.post('/appointments/holds', {}), 'validation_failed');
    expectCode(await book(undefined, '2027-03-22T08:30:00Z'), 'patient_not_found');
  });
});

describe('POST /patients/:id/merge', () => {
  test('everything of the duplicate is the patient’s afterwards, and its id leads there', async () => {
    const { clinic, visit, patient } = await aBookableClinic(server);
    const { api } = clinic.admin;
    const { id: duplicateId } = await add(api, { phone: '+49 30 5550001' });
    const { patientId: id } = patient;
    const booking = { ...visit, patientId: duplicateId, reason: 'Cough' };
    const { id: appointmentId } = expectStatus(await api.post('/appointments', booking), 201).body;
    expectStatus(
      await api.post(`/patients/${duplicateId}/consents`, { kind: 'research', status: 'given' }),
      201,
    );
    const child = await add(api, { firstName: 'Tim', dateOfBirth: '2020-01-01' });
    const link = { guardianId: duplicateId, relationship: 'parent' };
    expectStatus(await api.post(`/patients/${child.id}/guardians`, link), 201);

    const merged = expectStatus(await api.post(`/patients/${id}/merge`, { duplicateId }), 200).body;
    expect(merged).toMatchObject({
      id,
      firstName: 'Kim',
      phone: '+49 30 5550001',
      dateOfBirth: '1990-04-23',
    });

    expect((await patient.api.get(`/appointments/${appointmentId}`)).body).toMatchObject({
      patientId: id,
      version: 2,
    });
    expectCode(
      await patient.api.post('/appointments', { ...visit, doctorId: await clinic.doctor([visit.serviceId]) }),
      'patient_busy',
    );
    expect((await api.get(`/patients/${id}/consents`)).body.data).toMatchObject([{ kind: 'research' }]);
    expect((await patient.api.get(`/patients/${id}/dependants`)).body.data).toMatchObject([
      { patientId: child.id },
    ]);
    expect(idsOf(await api.get('/patients?q=gross anna'))).toEqual([]);
    expect(idsOf(await api.get('/patients?q=5550001'))).toEqual([]);
    expect(idsOf(await api.get(`/patients?q=${encodeURIComponent('+49 30 5550001')}`))).toEqual([id]);

    const authorization = { Authorization: `Bearer ${clinic.admin.token}` };
    const old = `${server.url}/api/v1/patients/${duplicateId}`;
    const redirect = await fetch(old, { headers: authorization, redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, `/api/v1/patients/${id}`]);
    expect((await redirect.json()) as object).toMatchObject({ code: 'patient_merged' });
    expect((await api.get(`/patients/${duplicateId}`)).body).toMatchObject({ id });
    expectCode(await api.patch(`/patients/${duplicateId}`, { phone: null }), 'patient_not_found');
    expectCode(await (await clinic.patient()).api.get(`/patients/${duplicateId}`), 'patient_not_found');
  });

  test('an id that was merged twice leads to the last', async () => {
    const { admin } = await aClinic(server);
    const [a, b, c] = [await add(admin.api, {}), await add(admin.api, {}), await add(admin.api, {})];
    expectStatus(await admin.api.post(`/patients/${b.id}/merge`, { duplicateId: a.id }), 200);
    expectStatus(await admin.api.post(`/patients/${c.id}/merge`, { duplicateId: b.id }), 200);
    expect((await admin.api.get(`/patients/${a.id}`)).body.id).toBe(c.id);
    expectCode(await admin.api.post(`/patients/${c.id}/merge`, { duplicateId: a.id }), 'patient_not_found');
  });

  test('409 tells which appointments are at the same time, and nothing is changed', async () => {
    const { clinic, visit, patient, book } = await aBookableClinic(server);
    const { api } = clinic.admin;
    const { id: duplicateId } = await add(api, {});
    const appointmentId = expectStatus(await book(), 201).body.id;
    const doctorId = await clinic.doctor([visit.serviceId]);
    const other = await api.post('/appointments', { ...visit, doctorId, patientId: duplicateId });
    const duplicateAppointmentId = expectStatus(other, 201).body.id;
    const path = `/patients/${patient.patientId}/merge`;
    const refused = expectCode(await api.post(path, { duplicateId }), 'merge_conflict');
    expect(refused.body.conflicts).toEqual([{ kind: 'appointments', appointmentId, duplicateAppointmentId }]);
    expect((await api.get(`/patients/${duplicateId}`)).body.id).toBe(duplicateId);
    expectStatus(await api.delete(`/appointments/${duplicateAppointmentId}`), 200);
    expectStatus(await api.post(path, { duplicateId }), 200);
  });

  test('medical information is joined; blood types that differ are for a doctor to settle', async () => {
    const { admin } = await aClinic(server);
    const [a, b, c] = [await add(admin.api, {}), await add(admin.api, {}), await add(admin.api, {})];
    const write = async (id: string, info: object) =>
      expectStatus(await admin.api.put(`/patients/${id}/medical-info`, info), 200);
    await write(a.id, { bloodType: 'A+', allergies: ['Nuts'] });
    await write(b.id, { allergies: ['Nuts', 'Latex'], medications: ['Aspirin'] });
    await write(c.id, { bloodType: '0-' });
    expectStatus(await admin.api.post(`/patients/${a.id}/merge`, { duplicateId: b.id }), 200);
    expect((await admin.api.get(`/patients/${a.id}/medical-info`)).body).toMatchObject({
      bloodType: 'A+',
      allergies: ['Nuts', 'Latex'],
      medications: ['Aspirin'],
    });
    const refused = expectCode(
      await admin.api.post(`/patients/${a.id}/merge`, { duplicateId: c.id }),
      'merge_conflict',
    );
    expect(refused.body.conflicts).toEqual([{ kind: 'blood_type' }]);
  });

  test('an account of the duplicate alone becomes the patient’s; of two, the duplicate’s is closed', async () => {
    const clinic = await aClinic(server);
    const { api } = clinic.admin;
    const { id } = await add(api, {});
    const [first, second] = [await clinic.patient(), await clinic.patient()];
    expectStatus(await api.post(`/patients/${id}/merge`, { duplicateId: first.patientId }), 200);
    const again = await clinic.logIn(first);
    expect((await again.api.get('/auth/me')).body.patientId).toBe(id);
    expectStatus(await api.post(`/patients/${id}/merge`, { duplicateId: second.patientId }), 200);
    expectCode(await second.api.get('/auth/me'), 'session_revoked');
    const login = { email: second.email, password: 'correct horse battery' };
    expectCode(await clinic.anyone.post('/auth/login', login), 'invalid_credentials');
  });

  test('refuses the patient itself, and whoever is not there', async () => {
    const { admin } = await aClinic(server);
    const { id } = await add(admin.api, {});
    expectCode(await admin.api.post(`/patients/${id}/merge`, { duplicateId: id }), 'validation_failed');
    const elsewhere = await add((await aClinic(server)).admin.api, {});
    expectCode(
      await admin.api.post(`/patients/${id}/merge`, { duplicateId: elsewhere.id }),
      'patient_not_found',
    );
  });
});

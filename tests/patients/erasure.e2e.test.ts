import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bin, sql } from '../../src/database/sql.ts';
import { testDatabase } from '../../src/database/tests/test-database.ts';
import { until } from '../../src/shared/tests/until.ts';
import { aBookableClinic } from '../support/bookable.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { aClinic, expectCode, expectStatus, PASSWORD } from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
let opened: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  server = await startCheckedServer();
  opened = await testDatabase();
});
afterAll(() => Promise.all([server.stop(), opened.close()]));

const PROFILE = {
  firstName: 'Namemarker',
  lastName: 'Surmarker',
  dateOfBirth: '1990-04-23',
  phone: '+49 30 4711471',
  address: 'Addressmarker 1',
  emergencyContact: { name: 'Contactmarker', phone: '+49 30 4711472' },
};
const kinds = (kept: { what: string }[]) => kept.map(({ what }) => what);

describe('POST /patients/:id/erase', () => {
  test('200 leaves nothing that tells who it was, and says what is kept, why and until when', async () => {
    const { clinic, patient, book } = await aBookableClinic(server);
    const { api } = clinic.admin;
    const path = `/patients/${patient.patientId}`;
    expectStatus(await api.patch(path, PROFILE), 200);
    const past = expectStatus(await book(), 201).body.id;
    for (const step of ['check-in', 'start', 'complete'])
      expectStatus(await api.post(`/appointments/${past}/${step}`), 200);
    const upcoming = expectStatus(await book(undefined, '2027-03-22T08:30:00Z'), 201).body.id;
    expectStatus(await api.put(`${path}/medical-info`, { allergies: ['Nuts'] }), 200);
    expectStatus(await patient.api.post(`${path}/consents`, { kind: 'research', status: 'given' }), 201);

    const report = expectStatus(await api.post(`${path}/erase`), 200).body;
    expect(report).toMatchObject({ patientId: patient.patientId, cancelledAppointments: 1 });
    expect(report.erased).toEqual(['profile', 'account', 'guardians', 'waitlist']);
    expect(kinds(report.kept)).toEqual([
      'appointments',
      'medical_info',
      'consents',
      'medical_record_number',
      'audit_trail',
    ]);
    expect(report.kept[0]).toMatchObject({ count: 2, until: '2037-03-22T09:00:00.000Z' });
    expect((await api.get(`/appointments/${upcoming}`)).body.status).toBe('cancelled');
    expect((await api.get(`/appointments/${past}`)).body.status).toBe('completed');

    expectCode(await api.get(path), 'patient_not_found');
    expect((await api.get('/patients?q=namemarker')).body.data).toEqual([]);
    expectCode(await patient.api.get('/auth/me'), 'session_revoked');
    const login = { email: patient.email, password: PASSWORD };
    expectCode(await clinic.anyone.post('/auth/login', login), 'invalid_credentials');
    const tenant = bin(clinic.tenantId);
    const rows = await opened.database.read(clinic.tenantId).many(sql`
      SELECT first_name AS a, last_name AS b, email AS c, phone AS d, address AS e, emergency_contact AS f
      FROM patients WHERE tenant_id = ${tenant}
      UNION ALL SELECT first_name, last_name, email, NULL, NULL, NULL FROM users WHERE tenant_id = ${tenant}
      UNION ALL SELECT word, NULL, NULL, NULL, NULL, NULL FROM patient_words WHERE tenant_id = ${tenant}`);
    expect(JSON.stringify(rows)).not.toMatch(/marker|4711/);
    expect(JSON.stringify(rows)).not.toContain(patient.email);
  });

  test('says the same when it is asked again', async () => {
    const clinic = await aClinic(server);
    const { patientId } = await clinic.patient();
    const first = expectStatus(await clinic.admin.api.post(`/patients/${patientId}/erase`), 200).body;
    expect((await clinic.admin.api.post(`/patients/${patientId}/erase`)).body).toEqual(first);
  });

  test('keeps nothing of the treatment where the clinic need not', async () => {
    const clinic = await aClinic(server);
    const { patientId } = await clinic.patient();
    const path = `/patients/${patientId}`;
    await clinic.settings({ appointmentRetentionYears: 0, medicalRecordRetentionYears: 0 });
    expectStatus(await clinic.admin.api.put(`${path}/medical-info`, { allergies: ['Nuts'] }), 200);
    const report = expectStatus(await clinic.admin.api.post(`${path}/erase`), 200).body;
    expect(report.erased).toContain('medical_info');
    expect(kinds(report.kept)).toEqual(['medical_record_number', 'audit_trail']);
  });

  test('lets go of what was kept when its time has come, by itself', async () => {
    const own = await startCheckedServer();
    try {
      const { clinic, patient, book } = await aBookableClinic(own);
      const path = `/patients/${patient.patientId}`;
      const { id } = expectStatus(await book(), 201).body;
      for (const step of ['check-in', 'start', 'complete'])
        expectStatus(await clinic.admin.api.post(`/appointments/${id}/${step}`), 200);
      expectStatus(await clinic.admin.api.put(`${path}/medical-info`, { allergies: ['Nuts'] }), 200);
      expectStatus(await clinic.admin.api.post(`${path}/erase`), 200);
      const db = opened.database.read(clinic.tenantId);
      const kept = () =>
        db.one(sql`SELECT patient_id FROM patient_medical_info WHERE tenant_id = ${db.tenant}`);
      expect(await kept()).toBeDefined();
      own.clock.set('2037-03-22T08:30:00.000Z');
      await until(async () => (await kept()) === undefined);
    } finally {
      await own.stop();
    }
  });

  test('is for administrators, and for nobody of another clinic', async () => {
    const clinic = await aClinic(server);
    const patient = await clinic.patient();
    const path = `/patients/${patient.patientId}/erase`;
    for (const person of [patient, await clinic.staff('receptionist'), await clinic.staff('doctor')])
      expectCode(await person.api.post(path), 'forbidden');
    expectCode(await (await aClinic(server)).admin.api.post(path), 'patient_not_found');
  });
});

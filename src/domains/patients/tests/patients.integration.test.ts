import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aClinic, aColleague, aPatient, type Clinic, type SignedIn } from '../../../api/tests/a-clinic.ts';
import { type IdentityApp, type Method, startIdentityApp } from '../../../api/tests/identity-app.ts';
import { bin, sql } from '../../../database/sql.ts';
import { newId } from '../../../shared/types/id.ts';

/** Which patients each doctor treats, by the id of the doctor's user. */
const treated = new Map<string, string[]>();
const doctorIds = new Map<string, string>();
let app: IdentityApp;
let clinic: Clinic;
beforeAll(async () => {
  app = await startIdentityApp({
    doctorOfUser: (userId) => doctorIds.get(userId),
    visits: {
      treats: (_db, doctorId, patientId) =>
        Promise.resolve(treated.get(doctorId)?.includes(patientId) ?? false),
      treatedBy: (_db, doctorId, { after, limit }) =>
        Promise.resolve(
          (treated.get(doctorId) ?? []).filter((id) => after === undefined || id > after).slice(0, limit),
        ),
    },
  });
});
beforeEach(async () => {
  clinic = await aClinic(app.ask);
});
afterAll(() => app.close());

const ask = (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  app.ask(method, path, { token: clinic.token, body, headers });
const as =
  ({ tokens }: SignedIn) =>
  (method: Method, path: string, body?: unknown) =>
    app.ask(method, path, { token: tokens.accessToken, body });

type Row = { id: string; medicalRecordNumber: string };
const aRecord = async (fields: object = {}): Promise<Row> => {
  const body = { firstName: 'Zoë', lastName: 'Müller', dateOfBirth: '1990-04-23', ...fields };
  const answer = await ask('POST', '/patients?force=true', body);
  expect(answer.status).toBe(201);
  return answer.body as Row;
};
const aDoctor = async (...patientIds: string[]) => {
  const doctor = await aColleague(app.ask, clinic, 'doctor');
  const doctorId = newId();
  doctorIds.set(doctor.user.id, doctorId);
  treated.set(doctorId, patientIds);
  return doctor;
};
const ownRecord = async (patient: SignedIn): Promise<string> =>
  String((await as(patient)('GET', '/auth/me')).body['patientId']);
const idsOf = ({ body }: { body: Readonly<Record<string, unknown>> }) =>
  (body['data'] as Row[]).map(({ id }) => id);
const notFound = { status: 404, body: { code: 'patient_not_found' } };

describe('POST /patients', () => {
  test('201 numbers the records of each clinic from one', async () => {
    expect(await aRecord()).toMatchObject({ medicalRecordNumber: 'P-000001', sex: null, version: 1 });
    expect(await aRecord({ sex: 'female' })).toMatchObject({
      medicalRecordNumber: 'P-000002',
      sex: 'female',
    });
    clinic = await aClinic(app.ask);
    expect(await aRecord()).toMatchObject({ medicalRecordNumber: 'P-000001' });
  });

  test('201 gives no number twice to those who are added at once', async () => {
    const records = await Promise.all(Array.from({ length: 12 }, () => aRecord()));
    expect(new Set(records.map((record) => record.medicalRecordNumber)).size).toBe(12);
  });

  test('201 keeps every field, and leaves an event and an audit row that hold none of them', async () => {
    const fields = {
      firstName: 'Zoë',
      lastName: 'Müller',
      dateOfBirth: '1990-04-23',
      sex: 'female',
      email: 'zoe@example.org',
      phone: '+49 30 1234567',
      address: 'Torstraße 1, Berlin',
      preferredLanguage: 'de',
      emergencyContact: { name: 'Max Müller', phone: '+49 30 7654321', relationship: 'husband' },
    };
    const { id } = await aRecord(fields);
    expect((await ask('GET', `/patients/${id}`)).body).toMatchObject(fields);
    const tenant = bin(clinic.tenant.id);
    const trail = await app.database.read(clinic.tenant.id).many(sql`
      SELECT action AS word, changes AS more FROM audit_logs WHERE tenant_id = ${tenant} AND resource_id = ${bin(id)}
      UNION ALL
      SELECT type, payload FROM outbox WHERE tenant_id = ${tenant} AND type = 'patient.created'`);
    expect(trail).toHaveLength(3);
    expect(JSON.stringify(trail)).not.toMatch(/Müller|1990-04-23|zoe/);
  });

  test('403 for doctors and patients', async () => {
    for (const caller of [await aDoctor(), await aPatient(app.ask, clinic)]) {
      const body = { firstName: 'A', lastName: 'B', dateOfBirth: '1990-04-23' };
      expect(await as(caller)('POST', '/patients', body)).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
  });

  test.each<[string, object]>([
    ['/dateOfBirth', { dateOfBirth: '2023-02-29' }],
    ['/dateOfBirth', { dateOfBirth: '2999-01-01' }],
    ['/dateOfBirth', { dateOfBirth: undefined }],
    ['/medicalRecordNumber', { medicalRecordNumber: 'P-1' }],
    ['/emergencyContact/phone', { emergencyContact: { name: 'Max' } }],
  ])('422 names %s', async (pointer, fields) => {
    const body = { firstName: 'A', lastName: 'B', dateOfBirth: '1990-04-23', ...fields };
    const answer = await ask('POST', '/patients', body);
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });
});

describe('GET /patients 200', () => {
  test('finds by the beginning of name, number, address and phone, in any case and without accents', async () => {
    const { id } = await aRecord({ email: 'zoe@example.org', phone: '+49 30 1234567' });
    await aRecord({ firstName: 'Ann', lastName: 'Other' });
    for (const q of ['mull', 'ZOE', 'zoë mü', 'müller z', 'p-000001', 'zoe@', '+49 30'])
      expect(idsOf(await ask('GET', `/patients?q=${encodeURIComponent(q)}`))).toEqual([id]);
    for (const q of ['%', 'üller', 'Ж', "'"])
      expect(idsOf(await ask('GET', `/patients?q=${encodeURIComponent(q)}`))).toEqual([]);
  });

  test('pages without skipping or repeating', async () => {
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push((await aRecord()).id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await ask('GET', `/patients?limit=2${query}`);
      seen.push(...idsOf(page));
      cursor = page.body['nextCursor'] as string | null;
    }
    expect(seen).toEqual(ids);
  });

  test('shows doctors whom they treat, and patients themselves', async () => {
    const [a, b] = [await aRecord(), await aRecord()];
    const patient = await aPatient(app.ask, clinic);
    const doctor = await aDoctor(b.id);
    expect(idsOf(await as(doctor)('GET', '/patients'))).toEqual([b.id]);
    expect(idsOf(await as(await aDoctor())('GET', '/patients'))).toEqual([]);
    expect(idsOf(await as(patient)('GET', '/patients'))).toEqual([await ownRecord(patient)]);
    expect(idsOf(await ask('GET', '/patients'))).toContain(a.id);
  });

  test('pages through more treated patients than one batch holds', async () => {
    const [first, last] = [await aRecord(), await aRecord()];
    const strangers = Array.from({ length: 1_200 }, () => newId());
    const after = await aRecord();
    const doctor = await aDoctor(first.id, last.id, ...strangers, after.id);
    const page = await as(doctor)('GET', '/patients?limit=2');
    expect(idsOf(page)).toEqual([first.id, last.id]);
    const next = await as(doctor)('GET', `/patients?limit=2&cursor=${String(page.body['nextCursor'])}`);
    expect(idsOf(next)).toEqual([after.id]);
    expect(next.body['nextCursor']).toBeNull();
  });
});

describe('GET, PATCH and PUT /patients/:id', () => {
  test('200 for a patient’s own record, read and changed by themselves', async () => {
    const patient = await aPatient(app.ask, clinic);
    const path = `/patients/${await ownRecord(patient)}`;
    expect((await as(patient)('GET', path)).status).toBe(200);
    const changed = await as(patient)('PATCH', path, { phone: '+49 30 1111111' });
    expect(changed).toMatchObject({
      status: 200,
      body: { phone: '+49 30 1111111', firstName: 'Pat', version: 2 },
    });
    expect((await ask('PUT', path, { phone: null })).body).toMatchObject({ phone: null, firstName: 'Pat' });
  });

  test('403 when a doctor changes a patient', async () => {
    const { id } = await aRecord();
    const doctor = await aDoctor(id);
    expect((await as(doctor)('GET', `/patients/${id}`)).status).toBe(200);
    expect((await as(doctor)('PATCH', `/patients/${id}`, { phone: null })).status).toBe(403);
  });

  test('404 for a record that the caller may not know of', async () => {
    const { id } = await aRecord();
    const patient = await aPatient(app.ask, clinic);
    expect(await as(patient)('GET', `/patients/${id}`)).toMatchObject(notFound);
    expect(await as(patient)('PATCH', `/patients/${id}`, { phone: null })).toMatchObject(notFound);
    expect(await as(await aDoctor())('GET', `/patients/${id}`)).toMatchObject(notFound);
    const other = await aClinic(app.ask);
    for (const method of ['GET', 'PATCH', 'PUT', 'DELETE'] as const)
      expect(await as(other)(method, `/patients/${id}`, method === 'GET' ? undefined : {})).toMatchObject(
        notFound,
      );
  });

  test('412 for a stale If-Match, and nothing changes', async () => {
    const { id } = await aRecord();
    await ask('PATCH', `/patients/${id}`, { lastName: 'Meier' }, { 'If-Match': '"1"' });
    const stale = await ask('PATCH', `/patients/${id}`, { lastName: 'Schulz' }, { 'If-Match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    expect((await ask('GET', `/patients/${id}`)).body).toMatchObject({ lastName: 'Meier', version: 2 });
  });

  test('422 for a date of birth in the future, or none', async () => {
    const { id } = await aRecord();
    for (const dateOfBirth of ['2999-01-01', null])
      expect((await ask('PATCH', `/patients/${id}`, { dateOfBirth })).status).toBe(422);
  });
});

describe('DELETE /patients/:id', () => {
  test('204 removes the record; its number is not given again', async () => {
    const { id } = await aRecord();
    expect((await ask('DELETE', `/patients/${id}`)).status).toBe(204);
    expect(await ask('GET', `/patients/${id}`)).toMatchObject(notFound);
    expect(await ask('DELETE', `/patients/${id}`)).toMatchObject(notFound);
    expect(idsOf(await ask('GET', '/patients'))).toEqual([]);
    expect(await aRecord()).toMatchObject({ medicalRecordNumber: 'P-000002' });
  });

  test('403 for the patient', async () => {
    const patient = await aPatient(app.ask, clinic);
    const { status } = await as(patient)('DELETE', `/patients/${await ownRecord(patient)}`);
    expect(status).toBe(403);
  });
});

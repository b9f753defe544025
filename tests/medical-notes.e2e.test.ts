import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RowDataPacket } from 'mysql2/promise';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import type { Answer } from './support/api.ts';
import { startCheckedServer } from './support/checked-server.ts';
import {
  aClinic,
  type Clinic,
  expectCode,
  expectStatus,
  type Patient,
  type Person,
} from './support/clinic.ts';
import { onDatabase } from './support/database.ts';
import type { TestServer } from './support/test-server.ts';

const SOAP = {
  subjective: 'Headache since Monday',
  objective: 'BP 120/80',
  assessment: 'Tension',
  plan: 'Rest',
};

let server: TestServer;
let clinic: Clinic;
let doctor: Person;
let doctorId: string;
let serviceId: string;
let patient: Patient;
let appointmentId: string;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  clinic = await aClinic(server);
  serviceId = await clinic.service();
  [doctor, doctorId] = await aDoctor();
  patient = await clinic.patient();
  appointmentId = await aVisit(doctorId, '2027-03-22T08:00:00Z');
});

const aDoctor = async (): Promise<[Person, string]> => {
  const person = await clinic.staff('doctor');
  return [person, await clinic.doctor([serviceId], { userId: person.userId })];
};
const aVisit = async (of: string, startsAt: string, who = patient): Promise<string> => {
  const visit = { doctorId: of, serviceId, patientId: who.patientId, startsAt };
  return expectStatus(await clinic.admin.api.post('/appointments', visit), 201).body.id;
};
const write = (fields: object = {}, by = doctor) =>
  by.api.post('/medical-notes', { appointmentId, kind: 'soap', content: SOAP, ...fields });
const aDraft = async (fields: object = {}) => expectStatus(await write(fields), 201).body;
const sign = async (id: string) => expectStatus(await doctor.api.post(`/medical-notes/${id}/sign`), 200).body;
const aSignedNote = async (fields: object = {}) => sign((await aDraft(fields)).id);
const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id);
const search = async (by: Person, query: string) =>
  idsOf(expectStatus(await by.api.get(`/medical-notes?${query}`), 200));

const inDatabase = <Row extends RowDataPacket>(statement: string): Promise<Row[]> =>
  onDatabase(server, async (connection) => (await connection.query<Row[]>(statement))[0]);
const bytes = (id: string) => `x'${id.replaceAll('-', '')}'`;

describe('a draft', () => {
  test('has the patient and the doctor of the appointment', async () => {
    expect(await aDraft()).toMatchObject({
      appointmentId,
      doctorId,
      patientId: patient.patientId,
      kind: 'soap',
      status: 'draft',
      content: SOAP,
      signature: null,
      version: 1,
    });
  });

  test('is saved as often as its author likes, and may be empty', async () => {
    const { id } = await aDraft({ content: {} });
    const saved = await doctor.api.put(`/medical-notes/${id}`, {
      content: { text: 'One' },
      kind: 'progress',
    });
    expect(saved.body).toMatchObject({ content: { text: 'One' }, kind: 'progress', version: 2 });
    expect((await doctor.api.put(`/medical-notes/${id}`, { kind: 'referral' })).body.content).toEqual({
      text: 'One',
    });
  });

  test('that was saved elsewhere meanwhile is not overwritten: 412', async () => {
    const { id } = await aDraft();
    const path = `/medical-notes/${id}`;
    expectStatus(await doctor.api.put(path, { content: { text: 'here' } }, { 'If-Match': '"1"' }), 200);
    expectCode(
      await doctor.api.put(path, { content: { text: 'there' } }, { 'If-Match': '"1"' }),
      'version_conflict',
    );
    expectCode(await doctor.api.delete(path, undefined, { 'If-Match': '"1"' }), 'version_conflict');
    expectCode(await doctor.api.post(`${path}/sign`, undefined, { 'If-Match': '"1"' }), 'version_conflict');
    expect((await doctor.api.get(path)).body).toMatchObject({ content: { text: 'here' }, status: 'draft' });
  });

  test('keeps one of two savings that come at once with the same version', async () => {
    const { id } = await aDraft();
    const savings = await Promise.all(
      ['one', 'two', 'three'].map((text) =>
        doctor.api.put(`/medical-notes/${id}`, { content: { text } }, { 'If-Match': '"1"' }),
      ),
    );
    expect(savings.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  test('is removed by its author', async () => {
    const { id } = await aDraft();
    expectStatus(await doctor.api.delete(`/medical-notes/${id}`), 204);
    expectCode(await doctor.api.get(`/medical-notes/${id}`), 'medical_note_not_found');
    expect(await search(doctor, '')).toEqual([]);
  });

  test('is for one’s own visits that are not cancelled', async () => {
    const [other] = await aDoctor();
    expectCode(await write({}, other), 'appointment_not_found');
    expectCode(await write({ appointmentId: newId() }), 'appointment_not_found');
    expectStatus(await clinic.admin.api.delete(`/appointments/${appointmentId}`), 200);
    expectCode(await write(), 'appointment_cancelled');
  });

  test.each([
    ['/kind', { kind: 'addendum' }],
    ['/content/diagnosis', { content: { diagnosis: 'x' } }],
    ['/content/text', { content: { text: 'x'.repeat(20_001) } }],
    ['/patientId', { patientId: newId() }],
  ])('with a wrong %s is 422', async (pointer, fields) => {
    const { body } = expectCode(await write(fields), 'validation_failed');
    expect(body.errors).toMatchObject([{ pointer }]);
  });
});

describe('a signed note', () => {
  test('bears who signed it, when, and the hash of what it says', async () => {
    const { id } = await aDraft();
    const note = await sign(id);
    expect(note).toMatchObject({
      status: 'signed',
      version: 2,
      signature: {
        signedBy: doctor.userId,
        signedAt: server.clock.now().toISOString(),
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      },
    });
    expect((await doctor.api.get(`/medical-notes/${id}`)).body).toEqual(note);
  });

  test('is not changed, removed or signed again: 409', async () => {
    const { id } = await aSignedNote();
    expectCode(await doctor.api.put(`/medical-notes/${id}`, { content: { text: 'x' } }), 'note_signed');
    expectCode(await doctor.api.delete(`/medical-notes/${id}`), 'note_signed');
    expectCode(await doctor.api.post(`/medical-notes/${id}/sign`), 'note_signed');
  });

  test('says something', async () => {
    for (const content of [{}, { text: ' \n ' }]) {
      const { id } = await aDraft({ content });
      expectCode(await doctor.api.post(`/medical-notes/${id}/sign`), 'note_empty');
    }
  });

  test.each([
    'UPDATE medical_notes SET content = repeat("x", 100)',
    'UPDATE medical_notes SET content_hash = repeat("x", 32)',
    'UPDATE medical_notes SET signed_at = "2020-01-01"',
    'UPDATE medical_notes SET signed_by = NULL, signed_at = NULL, content_hash = NULL',
    'UPDATE medical_notes SET kind = "referral"',
    'UPDATE medical_notes SET deleted_at = "2027-01-01"',
    'UPDATE medical_note_locks SET signed_at = "2020-01-01"',
    'DELETE FROM medical_notes',
  ])('is held fast by the database itself: %s', async (statement) => {
    const { id } = await aSignedNote();
    const key = statement.includes('locks') ? 'note_id' : 'id';
    const change = inDatabase(
      `${statement} WHERE tenant_id = ${bytes(clinic.tenantId)} AND ${key} = ${bytes(id)}`,
    );
    await expect(change).rejects.toMatchObject({ errno: expect.any(Number) as unknown });
    expectStatus(await doctor.api.get(`/medical-notes/${id}`), 200);
  });

  test('gets addenda, each signed by itself', async () => {
    const { id, version } = await aSignedNote();
    const add = () => doctor.api.post(`/medical-notes/${id}/addenda`, { content: { text: 'Better' } });
    const addendum = expectStatus(await add(), 201).body;
    expect(addendum.signature.signedBy).toBe(doctor.userId);
    const { body } = await doctor.api.get(`/medical-notes/${id}`);
    expect(body.addenda).toEqual([addendum]);
    expect(body.version).toBe(Number(version) + 1);
    expect(await search(doctor, '')).toEqual([id]);
    const [other, otherId] = await aDoctor();
    await aVisit(otherId, '2027-03-23T08:00:00Z');
    const refused = await other.api.post(`/medical-notes/${id}/addenda`, { content: { text: 'No' } });
    expectCode(refused, 'forbidden');
    expectCode(await doctor.api.post(`/medical-notes/${id}/addenda`, { content: {} }), 'note_empty');
    const draft = await aDraft();
    expectCode(
      await doctor.api.post(`/medical-notes/${draft.id}/addenda`, { content: SOAP }),
      'note_not_signed',
    );
  });

  test('is co-signed once by another doctor who treats the patient', async () => {
    const { id, signature } = await aSignedNote();
    const [other, otherId] = await aDoctor();
    const coSign = (by: Person) => by.api.post(`/medical-notes/${id}/co-sign`);
    expectCode(await coSign(other), 'medical_note_not_found');
    await aVisit(otherId, '2027-03-23T08:00:00Z');
    const { body } = expectStatus(await coSign(other), 200);
    expect(body.coSignatures).toEqual([
      {
        doctorId: otherId,
        signedBy: other.userId,
        signedAt: server.clock.now().toISOString(),
        contentHash: signature.contentHash,
      },
    ]);
    expectCode(await coSign(other), 'already_co_signed');
    expectCode(await coSign(doctor), 'forbidden');
    const own = await other.api.post('/medical-notes', {
      appointmentId: await aVisit(otherId, '2027-03-24T08:00:00Z'),
      kind: 'soap',
      content: SOAP,
    });
    expectCode(await other.api.post(`/medical-notes/${own.body.id}/co-sign`), 'note_not_signed');
  });
});

describe('who sees a note', () => {
  test('its author, also as a draft; others who treat the patient once it is signed', async () => {
    const { id } = await aDraft();
    const [other, otherId] = await aDoctor();
    const path = `/medical-notes/${id}`;
    await sign(id);
    expectCode(await other.api.get(path), 'medical_note_not_found');
    await aVisit(otherId, '2027-03-23T08:00:00Z');
    expectStatus(await other.api.get(path), 200);
    expectCode(await other.api.put(path, { content: {} }), 'forbidden');
    const draft = await aDraft();
    expectCode(await other.api.get(`/medical-notes/${draft.id}`), 'medical_note_not_found');
    expect(await search(other, `patientId=${patient.patientId}`)).toEqual([id]);
    expect(await search(other, '')).toEqual([]);
    expect(await search(doctor, `patientId=${patient.patientId}`)).toEqual([draft.id, id]);
  });

  test('the patient, once it is signed; not another patient', async () => {
    const { id } = await aDraft();
    const draft = await aDraft();
    const path = `/medical-notes/${id}`;
    expectCode(await patient.api.get(path), 'medical_note_not_found');
    await sign(id);
    expect((await patient.api.get(path)).body.content).toEqual(SOAP);
    expect(await search(patient, '')).toEqual([id]);
    expect(await search(patient, 'status=draft')).toEqual([]);
    expectCode(await patient.api.get(`/medical-notes/${draft.id}`), 'medical_note_not_found');
    const another = await clinic.patient();
    expectCode(await another.api.get(path), 'medical_note_not_found');
    expect(await search(another, '')).toEqual([]);
    expect(await search(another, `patientId=${patient.patientId}`)).toEqual([]);
  });

  test('the administrator, without what it says; the front desk not at all', async () => {
    const { id } = await aSignedNote();
    expectStatus(await doctor.api.post(`/medical-notes/${id}/addenda`, { content: SOAP }), 201);
    const shown = expectStatus(await clinic.admin.api.get(`/medical-notes/${id}`), 200).body;
    expect(shown).toMatchObject({ content: null, addenda: [{ content: null }], status: 'signed' });
    expect((await clinic.admin.api.get('/medical-notes')).body.data).toEqual([shown]);
    expectCode(await clinic.admin.api.get('/medical-notes?q=headache'), 'forbidden');
    const frontDesk = await clinic.staff('receptionist');
    expectCode(await frontDesk.api.get(`/medical-notes/${id}`), 'forbidden');
    expectCode(await frontDesk.api.get('/medical-notes'), 'forbidden');
  });
});

describe('a search', () => {
  test('finds all words in any case and without accents, also in addenda, and what was saved last', async () => {
    const first = await aSignedNote({ content: { text: 'Naïve patient, Ödem rechts' } });
    const second = await aDraft({ content: { text: 'Cough' } });
    expect(await search(doctor, 'q=NAIVE%20odem')).toEqual([first.id]);
    expect(await search(doctor, 'q=naive%20cough')).toEqual([]);
    expect(await search(doctor, 'q=na')).toEqual([]);
    expect(await search(doctor, 'q=%2B%2A%22')).toEqual([]);
    expectStatus(
      await doctor.api.post(`/medical-notes/${first.id}/addenda`, { content: { text: 'Cough' } }),
      201,
    );
    expect(await search(doctor, 'q=cough')).toEqual([second.id, first.id]);
    expectStatus(await doctor.api.put(`/medical-notes/${second.id}`, { content: { text: 'Fever' } }), 200);
    expect(await search(doctor, 'q=cough')).toEqual([first.id]);
    expect(await search(patient, 'q=cough')).toEqual([first.id]);
  });

  test('is narrowed by kind, status and appointment, and paged without skipping or repeating', async () => {
    const ids = [];
    for (const kind of ['soap', 'progress', 'soap', 'referral', 'soap'])
      ids.unshift((await aDraft({ kind })).id);
    await sign(ids[0]);
    expect(await search(doctor, 'kind=progress')).toEqual([ids[3]]);
    expect(await search(doctor, 'status=signed')).toEqual([ids[0]]);
    expect(await search(doctor, `appointmentId=${appointmentId}`)).toEqual(ids);
    expect(await search(doctor, `appointmentId=${newId()}`)).toEqual([]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Answer = await doctor.api.get(`/medical-notes?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...idsOf(page));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual(ids);
  });
});

describe('templates', () => {
  test('are written by administrators and doctors, for the whole clinic', async () => {
    const template = { name: 'First visit', kind: 'soap', content: { plan: 'Come back in a week' } };
    const { id } = expectStatus(await doctor.api.post('/medical-notes/templates', template), 201).body;
    const path = `/medical-notes/templates/${id}`;
    expect((await clinic.admin.api.get(path)).body).toMatchObject(template);
    const renamed = await clinic.admin.api.put(path, { name: 'Second visit' }, { 'If-Match': '"1"' });
    expect(expectStatus(renamed, 200).body).toMatchObject({ ...template, name: 'Second visit', version: 2 });
    expectCode(await doctor.api.put(path, { name: 'Third' }, { 'If-Match': '"1"' }), 'version_conflict');
    expectCode(await doctor.api.delete(path, undefined, { 'If-Match': '"1"' }), 'version_conflict');
    expect(idsOf(await doctor.api.get('/medical-notes/templates'))).toEqual([id]);
    expectCode(await patient.api.get('/medical-notes/templates'), 'forbidden');
    expectStatus(await doctor.api.delete(path), 204);
    expectCode(await doctor.api.get(path), 'template_not_found');
    expectCode(await doctor.api.put(path, {}), 'template_not_found');
    expectCode(await doctor.api.delete(path), 'template_not_found');
  });
});

test('nothing of what is written can be read in any table of the database', async () => {
  const marker = 'zzmarkerzz';
  const content = { subjective: `${marker} pain`, text: marker };
  const { id } = await aSignedNote({ content });
  expectStatus(await doctor.api.post(`/medical-notes/${id}/addenda`, { content }), 201);
  expectStatus(await doctor.api.put(`/medical-notes/${(await aDraft()).id}`, { content }), 200);
  expect(await search(doctor, `q=${marker}`)).toHaveLength(2);
  const columns = await inDatabase<RowDataPacket>(`
    SELECT table_name AS t, column_name AS c FROM information_schema.columns
    WHERE table_schema = DATABASE() AND data_type REGEXP 'char|text|blob|binary|json'`);
  expect(columns.length).toBeGreaterThan(100);
  const question = columns.map(
    ({ t, c }) =>
      `SELECT '${String(t)}.${String(c)}' AS place FROM \`${String(t)}\`
       WHERE CAST(\`${String(c)}\` AS CHAR CHARACTER SET latin1) LIKE '%${marker}%'`,
  );
  expect(await inDatabase(question.join(' UNION ALL '))).toEqual([]);
});

describe('what is recorded', () => {
  test('every reading and writing with who and whom, as often as it happens', async () => {
    const { id } = await aSignedNote();
    await doctor.api.get(`/medical-notes/${id}`);
    await patient.api.get(`/medical-notes?q=headache`);
    await clinic.admin.api.get(`/medical-notes/${id}`, { 'If-None-Match': '"2"' });
    const trail = () =>
      inDatabase<RowDataPacket>(`
        SELECT action, lower(hex(actor_id)) AS actor, CAST(changes AS CHAR) AS changes FROM audit_logs
        WHERE tenant_id = ${bytes(clinic.tenantId)} AND action LIKE 'medical_note%' ORDER BY id`);
    // Where notes run apart, their trail comes to the core a moment later.
    const rows = await until(async () => {
      const found = await trail();
      return found.length >= 5 && found;
    });
    const by = ({ userId }: Person) => userId.replaceAll('-', '');
    expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
      ['medical_note.created', by(doctor)],
      ['medical_note.signed', by(doctor)],
      ['medical_note.read', by(doctor)],
      ['medical_note.listed', by(patient)],
      ['medical_note.read', by(clinic.admin)],
    ]);
    expect(JSON.parse(rows[2]?.['changes'])).toEqual({ patientId: patient.patientId });
    expect(JSON.parse(rows[3]?.['changes'])).toEqual({ noteIds: [id] });
  });
});

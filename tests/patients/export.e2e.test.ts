import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fromBufferPromise } from 'yauzl';
import { startCheckedServer } from '../support/checked-server.ts';
import {
  aClinic,
  type Clinic,
  expectCode,
  expectStatus,
  type Patient,
  type Person,
} from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';

const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
  randomBytes(200_000),
]);
const SECRET = 'Tension headache';

let folder: string;
let server: TestServer;
let clinic: Clinic;
let doctor: Person;
let patient: Patient;
let noteId: string;
let attachmentId: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  server = await startCheckedServer(undefined, { files: { folder, maxBytes: 1_000_000, s3: undefined } });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  clinic = await aClinic(server);
  const serviceId = await clinic.service();
  doctor = await clinic.staff('doctor');
  const doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
  patient = await clinic.patient();
  const visit = { doctorId, serviceId, patientId: patient.patientId, startsAt: '2027-03-22T08:00:00Z' };
  const { id } = expectStatus(await clinic.admin.api.post('/appointments', visit), 201).body;
  const note = { appointmentId: id, kind: 'soap', content: { assessment: SECRET } };
  noteId = expectStatus(await doctor.api.post('/medical-notes', note), 201).body.id;
  const form = new FormData();
  form.set('file', new Blob([PNG]), 'röntgen.png');
  attachmentId = expectStatus(await doctor.api.post(`/medical-notes/${noteId}/attachments`, form), 201).body
    .id;
  expectStatus(await doctor.api.post(`/medical-notes/${noteId}/sign`), 200);
  expectStatus(await doctor.api.post('/medical-notes', { ...note, content: { text: 'A draft' } }), 201);
  const info = { bloodType: 'A+', allergies: ['Nuts'], conditions: [], medications: [] };
  expectStatus(await clinic.admin.api.put(`/patients/${patient.patientId}/medical-info`, info), 200);
});

const download = (by: Person, id = patient.patientId) =>
  fetch(`${server.url}/api/v1/patients/${id}/export`, { headers: { Authorization: `Bearer ${by.token}` } });

/** The files of the archive that somebody gets, by their paths. */
const exported = async (by: Person, id?: string): Promise<Map<string, Buffer>> => {
  const answer = await download(by, id);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
  const zip = await fromBufferPromise(Buffer.from(await answer.arrayBuffer()));
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  return files;
};
const json = (files: Map<string, Buffer>, path: string) => JSON.parse(String(files.get(path)));
const ending = (files: Map<string, Buffer>, end: string) =>
  [...files].filter(([path]) => path.endsWith(end)).map(([, content]) => content);

describe('GET /patients/:id/export', () => {
  test('200 gives patients everything, and a manifest by which it can be checked', async () => {
    const files = await exported(patient);
    expect(json(files, 'patient.json')).toMatchObject({
      patient: { id: patient.patientId, firstName: 'Kim' },
      account: { email: patient.email, sessions: [{ userAgent: expect.any(String) }] },
      medicalInfo: { bloodType: 'A+', allergies: ['Nuts'] },
      appointments: [{ localStart: '2027-03-22T09:00', doctor: 'Ada Berger', service: 'Check-up' }],
      appointmentHistory: [{ action: 'booked' }],
      guardians: [],
      consents: [],
    });
    expect(ending(files, 'note.json').map(String).join()).toContain(SECRET);
    expect(ending(files, '.pdf').map((pdf) => pdf.subarray(0, 5).toString())).toEqual(['%PDF-']);
    expect(ending(files, '/attachments/1-röntgen.png')).toEqual([PNG]);
    expect([...files.values()].join()).not.toContain('A draft');

    const manifest = json(files, 'manifest.json');
    expect(manifest).toMatchObject({ patientId: patient.patientId, exportedBy: patient.userId, leftOut: [] });
    expect(manifest.files).toEqual(
      [...files]
        .filter(([path]) => path !== 'manifest.json')
        .map(([path, content]) => ({
          path,
          bytes: content.length,
          sha256: createHash('sha256').update(content).digest('hex'),
        })),
    );
  });

  test('200 gives a treating doctor and a guardian the notes, an administrator none of what they say', async () => {
    expect(ending(await exported(doctor), '.png')).toEqual([PNG]);
    const guardian = await clinic.patient();
    const link = { guardianId: guardian.patientId, relationship: 'parent' };
    expectStatus(await clinic.admin.api.post(`/patients/${patient.patientId}/guardians`, link), 201);
    const ofGuardian = await exported(guardian, patient.patientId);
    expect(ending(ofGuardian, '.png')).toEqual([PNG]);
    expect(json(ofGuardian, 'patient.json').account).not.toHaveProperty('sessions');
    expect((await guardian.api.get(`/medical-notes/${noteId}`)).body.content.assessment).toBe(SECRET);
    expect((await guardian.api.get('/medical-notes')).body.data).toMatchObject([{ id: noteId }]);

    const ofAdmin = await exported(clinic.admin);
    expect(json(ofAdmin, 'patient.json').medicalInfo).toMatchObject({ bloodType: 'A+' });
    expect(ending(ofAdmin, 'note.json').map((note) => JSON.parse(String(note)).content)).toEqual([null]);
    expect([...ofAdmin.keys()].filter((path) => !path.endsWith('.json'))).toEqual([]);
    expect(json(ofAdmin, 'manifest.json').leftOut).toHaveLength(1);
    expect(String(ending(ofAdmin, '.json'))).not.toContain(SECRET);
  });

  test('is refused to whoever may not read the record, and to who broke the glass', async () => {
    const path = `/patients/${patient.patientId}/export`;
    expectCode(await (await clinic.staff('receptionist')).api.get(path), 'forbidden');
    expectCode(await (await clinic.patient()).api.get(path), 'patient_not_found');
    expectCode(await (await aClinic(server)).admin.api.get(path), 'patient_not_found');
    const other = await clinic.staff('doctor');
    expectCode(await other.api.get(path), 'patient_not_found');
    const broken = await other.api.post(`/patients/${patient.patientId}/break-glass`, {
      reason: 'Collapsed',
    });
    expectStatus(broken, 201);
    expectCode(await other.api.get(path), 'forbidden');
  });

  test('is written down for the patient to see, as every reading of a note is', async () => {
    await exported(doctor);
    const { body } = await patient.api.get(`/patients/${patient.patientId}/access-log`);
    expect(body.data[0]).toMatchObject({ action: 'patient.exported', actorId: doctor.userId });
    expectStatus(await doctor.api.get(`/medical-notes/${noteId}`), 200);
    const after = await patient.api.get(`/patients/${patient.patientId}/access-log`);
    expect(after.body.data[0]).toMatchObject({ action: 'medical_note.read', actorId: doctor.userId });
  });

  test('breaks off where a file cannot be read, and is never half of it taken for all', async () => {
    writeFileSync(join(folder, clinic.tenantId, attachmentId), 'not what was written');
    await expect(download(patient).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  });
});

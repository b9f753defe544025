import { randomBytes } from 'node:crypto';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { startCheckedServer } from './support/checked-server.ts';
import {
  aClinic,
  type Clinic,
  expectCode,
  expectStatus,
  type Patient,
  type Person,
} from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

const MAX_BYTES = 300_000;
const PNG = Buffer.from([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
]);
const png = (bytes: number) => Buffer.concat([PNG, randomBytes(bytes - PNG.length)]);
const dicom = () => Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), randomBytes(500)]);

let folder: string;
let server: TestServer;
let clinic: Clinic;
let doctor: Person;
let patient: Patient;
let noteId: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attachments-'));
  server = await startCheckedServer(undefined, { files: { folder, maxBytes: MAX_BYTES, s3: undefined } });
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
  const appointment = expectStatus(await clinic.admin.api.post('/appointments', visit), 201).body;
  const note = {
    appointmentId: appointment.id,
    kind: 'soap',
    content: { text: 'Łukasz Þórsson, κεφαλαλγία' },
  };
  noteId = expectStatus(await doctor.api.post('/medical-notes', note), 201).body.id;
});

const formOf = (content: Buffer, name = 'x-ray.png', field = 'file') => {
  const form = new FormData();
  form.set(field, new Blob([content]), name);
  return form;
};
const attach = (content: Buffer, name?: string, by = doctor) =>
  by.api.post(`/medical-notes/${noteId}/attachments`, formOf(content, name));
const attached = async (content: Buffer, name?: string) =>
  expectStatus(await attach(content, name), 201).body;
const pathOf = ({ id }: { id: string }) => `/medical-notes/${noteId}/attachments/${id}`;
const linkOf = async (attachment: { id: string }, by: Person = doctor): Promise<string> => {
  const { downloadUrl } = expectStatus(await by.api.get(pathOf(attachment)), 200).body;
  return `${server.url}${new URL(downloadUrl).pathname}`;
};
const filesOfClinic = () =>
  existsSync(join(folder, clinic.tenantId)) ? readdirSync(join(folder, clinic.tenantId)) : [];
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('an attachment', () => {
  test.each([
    ['image/png', png(1_000)],
    ['image/png', png(MAX_BYTES)],
    ['image/jpeg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(200_000)])],
    ['application/pdf', Buffer.from('%PDF-1.7\n%%EOF')],
    ['application/dicom', dicom()],
  ])('that is a %s is known by its content, and comes back as it was', async (mediaType, content) => {
    const attachment = await attached(content, 'report.exe');
    expect(attachment).toMatchObject({
      name: 'report.exe',
      mediaType,
      bytes: content.length,
      sha256: sha256(content),
      signed: false,
    });
    const response = await fetch(await linkOf(attachment));
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
    expect(response.headers.get('content-type')).toBe(mediaType);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="report.exe";/);
  });

  test('lies encrypted in the folder of its clinic, and in no backup of the database', async () => {
    const marker = 'a-marker-that-nobody-may-read';
    const { id } = await attached(Buffer.concat([png(1_000), Buffer.from(marker.repeat(100))]));
    expect(filesOfClinic()).toEqual([id]);
    expect(readFileSync(join(folder, clinic.tenantId, id)).toString('latin1')).not.toContain(marker);
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\scans\\röntgen 1.png', 'röntgen 1.png'],
    ['..', 'attachment'],
    ['a\u202egnp.exe', 'agnp.exe'],
    [`${'x'.repeat(300)}.png`, 'x'.repeat(200)],
  ])('called %j is kept as %j', async (given, kept) => {
    expect((await attached(png(100), given)).name).toBe(kept);
  });

  test('is sent under its name in every script', async () => {
    const response = await fetch(await linkOf(await attached(png(100), 'Röntgen Łuk – κ.png')));
    expect(response.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''R%C3%B6ntgen%20%C5%81uk%20%E2%80%93%20%CE%BA.png",
    );
  });
});

describe('a file is refused, and nothing is left of it', () => {
  test.each([
    ['unsupported_media_type', Buffer.from('<html><script>alert(1)</script>')],
    ['unsupported_media_type', Buffer.from('MZ\u0090\u0000')],
    ['unsupported_media_type', Buffer.from('GIF89a......')],
    ['validation_failed', Buffer.alloc(0)],
    ['body_too_large', png(MAX_BYTES + 1)],
    ['body_too_large', png(MAX_BYTES * 20)],
  ])('%s', async (code, content) => {
    expectCode(await attach(content, 'fine.png'), code);
    expect(filesOfClinic()).toEqual([]);
    expect((await doctor.api.get(`/medical-notes/${noteId}/attachments`)).body).toEqual({ data: [] });
  });

  test('when it is sent as something else than a form with one file', async () => {
    const path = `/medical-notes/${noteId}/attachments`;
    expectCode(await doctor.api.post(path, { file: 'x' }), 'unsupported_media_type');
    expectCode(
      await doctor.api.post(path, 'x', { 'Content-Type': 'multipart/form-data' }),
      'unsupported_media_type',
    );
    const other = expectCode(
      await doctor.api.post(path, formOf(png(100), 'a.png', 'picture')),
      'validation_failed',
    );
    expect(other.body.errors).toMatchObject([{ pointer: '/picture' }]);
    const none = expectCode(await doctor.api.post(path, new FormData()), 'validation_failed');
    expect(none.body.errors).toMatchObject([{ pointer: '/file' }]);
  });

  test('when it breaks off', async () => {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n`;
    const answer = await fetch(`${server.url}/api/v1/medical-notes/${noteId}/attachments`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${doctor.token}`, 'Content-Type': 'multipart/form-data; boundary=b' },
      body: Buffer.concat([Buffer.from(head), png(50_000)]),
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      422,
      'validation_failed',
    ]);
    expect(filesOfClinic()).toEqual([]);
  });

  test('when the note is not one’s own', async () => {
    const other = await clinic.staff('doctor');
    expectCode(await attach(png(100), 'a.png', other), 'medical_note_not_found');
    expectCode(await attach(png(100), 'a.png', patient), 'forbidden');
    expect(filesOfClinic()).toEqual([]);
  });
});

describe('the attachments of a note', () => {
  test('are covered by its signature if they were there, and stay', async () => {
    const before = await attached(png(100));
    expectStatus(await doctor.api.post(`/medical-notes/${noteId}/sign`), 200);
    const after = await attached(png(200));
    const { body } = await patient.api.get(`/medical-notes/${noteId}/attachments`);
    expect(body.data).toEqual([{ ...before, signed: true }, after]);
    expectCode(await doctor.api.delete(pathOf(before)), 'note_signed');
    expectCode(await clinic.admin.api.get(`/medical-notes/${noteId}/attachments`), 'forbidden');
  });

  test('are removed from a draft, with their files', async () => {
    const attachment = await attached(png(100));
    const link = await linkOf(attachment);
    expectStatus(await doctor.api.delete(pathOf(attachment)), 204);
    await until(() => filesOfClinic().length === 0);
    expect((await fetch(link)).status).toBe(404);
    expectCode(await doctor.api.get(pathOf(attachment)), 'attachment_not_found');
    expectCode(await doctor.api.delete(pathOf(attachment)), 'attachment_not_found');
    expectCode(await doctor.api.get(pathOf({ id: newId() })), 'attachment_not_found');
  });
});

describe('a link', () => {
  test('opens for five minutes, and answers 304 to whoever has the file', async () => {
    const link = await linkOf(await attached(png(100)));
    const etag = (await fetch(link)).headers.get('etag') ?? '';
    expect((await fetch(link, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const now = server.clock.now();
    try {
      server.clock.set(new Date(now.getTime() + 5 * 60_000).toISOString());
      const late = await fetch(link);
      expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([
        410,
        'download_expired',
      ]);
    } finally {
      server.clock.set(now.toISOString());
    }
  });

  test('that was changed or made up opens nothing', async () => {
    const link = await linkOf(await attached(png(100)));
    for (const wrong of [`${link}A`, link.slice(0, -3), `${server.url}/api/v1/files/made-up`])
      expect((await fetch(wrong)).status).toBe(404);
  });

  test('breaks off where the file is not as it was written', async () => {
    const attachment = await attached(png(200_000));
    const path = join(folder, clinic.tenantId, attachment.id);
    const link = await linkOf(attachment);
    const content = readFileSync(path);
    writeFileSync(path, content.subarray(0, content.length - 70_000));
    await expect(fetch(link).then((response) => response.arrayBuffer())).rejects.toThrow();
  });
});

test('a note is printed as a PDF for those who may read it', async () => {
  expectStatus(await doctor.api.post(`/medical-notes/${noteId}/sign`), 200);
  for (const by of [doctor, patient]) {
    const { body, headers } = expectStatus(await by.api.get(`/medical-notes/${noteId}/pdf`), 200);
    expect(String(body).startsWith('%PDF-1.')).toBe(true);
    expect(headers.get('content-type')).toBe('application/pdf');
  }
  expectCode(await clinic.admin.api.get(`/medical-notes/${noteId}/pdf`), 'forbidden');
});

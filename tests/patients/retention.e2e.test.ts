import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDomains } from '../../src/composition/domains.ts';
import { bin, sql } from '../../src/database/sql.ts';
import { createInfrastructure, type Infrastructure } from '../../src/infrastructure.ts';
import { until } from '../../src/shared/tests/until.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';
import type { RowDataPacket } from 'mysql2/promise';
import { startCheckedServer } from '../support/checked-server.ts';
import { aClinic, type Clinic, expectStatus, type Patient, type Person } from '../support/clinic.ts';
import { onDatabase } from '../support/database.ts';
import { ofService } from '../support/parted.ts';
import type { TestServer } from '../support/test-server.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

let folder: string;
let server: TestServer;
let later: Infrastructure;
let now: Date;
let endRetention: () => Promise<void>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'));
  server = await startCheckedServer(undefined, { files: { folder, maxBytes: 1_000_000, s3: undefined } });
  const logger = createLogger({ ...server.config, logLevel: 'silent' });
  later = createInfrastructure(ofService('medical-notes', server.config), logger, { now: () => now });
  ({ endRetention } = createDomains(later).medicalNotes);
});
afterAll(async () => {
  await Promise.all([server.stop(), later.close()]);
  rmSync(folder, { recursive: true });
});

let clinic: Clinic;
let doctor: Person;
let serviceId: string;
let doctorId: string;
beforeEach(async () => {
  clinic = await aClinic(server);
  serviceId = await clinic.service();
  doctor = await clinic.staff('doctor');
  doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
});

/** A patient with a signed note that has an addendum and a file, and with a draft that was thrown away. */
const aTreated = async (startsAt: string): Promise<Patient & { noteId: string }> => {
  const patient = await clinic.patient();
  const visit = { doctorId, serviceId, patientId: patient.patientId, startsAt };
  const appointmentId = expectStatus(await clinic.admin.api.post('/appointments', visit), 201).body.id;
  const draft = { appointmentId, kind: 'soap', content: { text: 'Cough' } };
  const noteId = expectStatus(await doctor.api.post('/medical-notes', draft), 201).body.id;
  const form = new FormData();
  form.set('file', new Blob([PNG]), 'a.png');
  expectStatus(await doctor.api.post(`/medical-notes/${noteId}/attachments`, form), 201);
  expectStatus(await doctor.api.post(`/medical-notes/${noteId}/sign`), 200);
  expectStatus(await doctor.api.post(`/medical-notes/${noteId}/addenda`, { content: { text: 'Gone' } }), 201);
  const thrown = expectStatus(await doctor.api.post('/medical-notes', draft), 201).body.id;
  expectStatus(await doctor.api.delete(`/medical-notes/${thrown}`), 204);
  return { ...patient, noteId };
};
const files = () => readdirSync(join(folder, clinic.tenantId));
/** The trail of notes whose retention has ended, which is kept by the core. */
const auditedEnds = () =>
  onDatabase(server, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT lower(hex(resource_id)) AS id, actor_id AS actorId FROM audit_logs
       WHERE tenant_id = ? AND action = 'medical_note.retention_ended'`,
      [bin(clinic.tenantId)],
    );
    return rows;
  });
const notesLeft = async (): Promise<number> => {
  const db = later.database.read(clinic.tenantId);
  const row = await db.one<{ left: number }>(sql`
    SELECT COUNT(*) AS \`left\` FROM medical_notes WHERE tenant_id = ${db.tenant}`);
  return row?.left ?? 0;
};

describe('notes and their files', () => {
  test('go when the retention after the last visit has ended, not before, and it is written down', async () => {
    const gone = await aTreated('2027-03-22T08:00:00Z');
    const kept = await aTreated('2027-04-20T07:00:00Z');
    now = new Date('2037-03-22T08:29:00Z');
    await endRetention();
    expect([await notesLeft(), files().length]).toEqual([6, 2]);

    now = new Date('2037-03-22T08:31:00Z');
    await endRetention();
    await until(() => files().length === 1);
    expect(await notesLeft()).toBe(3);
    expect((await gone.api.get('/medical-notes')).body.data).toEqual([]);
    expect((await kept.api.get('/medical-notes')).body.data).toMatchObject([{ id: kept.noteId }]);
    const audited = await until(async () => {
      const rows = await auditedEnds();
      return rows.length === 3 && rows;
    });
    expect(audited).toContainEqual({ id: gone.noteId.replaceAll('-', ''), actorId: null });
  });

  test('of a clinic that need not keep them go with the patient’s erasure, and only then', async () => {
    const { patientId } = await aTreated('2027-03-15T10:00:00Z');
    await clinic.settings({ medicalRecordRetentionYears: 0, appointmentRetentionYears: 0 });
    now = new Date('2037-03-22T08:31:00Z');
    await endRetention();
    expect(await notesLeft()).toBe(3);
    server.clock.set('2027-03-15T11:00:00Z');
    const admin = await clinic.logIn(clinic.admin);
    const report = expectStatus(await admin.api.post(`/patients/${patientId}/erase`), 200).body;
    expect(report.erased).toContain('medical_notes');
    expect(report.kept.map(({ what }: { what: string }) => what)).not.toContain('medical_notes');
    expect(await notesLeft()).toBe(0);
    await until(() => files().length === 0);
  });
});

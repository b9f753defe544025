import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDomains, type Domains } from '../src/composition/domains.ts';
import { bin, rows, sql } from '../src/database/sql.ts';
import { createInfrastructure, type Infrastructure } from '../src/infrastructure.ts';
import { newId, PLATFORM } from '../src/shared/types/id.ts';
import { createLogger } from '../src/shared/utils/logger.ts';
import { until } from '../src/shared/tests/until.ts';
import { testConfig } from '../src/database/tests/test-database.ts';
import { aClinic, type Clinic, expectStatus, type Patient } from './support/clinic.ts';
import { untilHeardBy } from './support/database.ts';
import { anOperator } from './support/operator.ts';
import { startReceiver } from './support/receiver.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const NEVER_MS = 3_600_000;
const slot = (n: number) => new Date(Date.parse('2027-03-22T08:00:00Z') + n * 1_800_000).toISOString();

let server: TestServer;
let workers: Domains[];
let infrastructures: Infrastructure[];
let now: Date;
let log: string;
let clinic: Clinic;
/**
 * Two workers that do nothing by themselves, and a server whose own sweeps, where they can, wait for ever. Their database is their own,
 * since sweeps find also what other tests have left half done.
 */
beforeAll(async () => {
  const config = testConfig();
  const name = `${config.database.name}_sweeps`;
  server = await startTestServer({
    database: { ...config.database, name },
    streamPrefix: `{${name}}`,
    waitlistSweepMs: NEVER_MS,
    absenceSweepMs: NEVER_MS,
    webhooks: { ...config.webhooks, sweepMs: NEVER_MS },
    auditSealMs: NEVER_MS,
    // Nobody sends anything: by the clock of the workers, every sender has died.
    mail: { ...config.mail, smtpUrl: undefined, folder: undefined },
    notifications: { ...config.notifications, sweepMs: NEVER_MS },
  });
  const logger = createLogger({ ...server.config, logLevel: 'warn' }, { write: (line) => (log += line) });
  const clock = { now: () => now };
  infrastructures = [1, 2].map(() => createInfrastructure(server.config, logger, clock));
  workers = infrastructures.map(createDomains);
});
beforeEach(async () => {
  log = '';
  now = server.clock.now();
  clinic = await aClinic(server);
});
afterAll(async () => {
  await Promise.all([server.stop(), ...infrastructures.map(({ close }) => close())]);
});

const database = () => {
  const [first] = infrastructures;
  if (!first) throw new Error('Nothing has been started');
  return first.database;
};
/** Both at once, and then once more for what one of them has left to the other. */
const sweep = async (of: (domains: Domains) => () => Promise<void>) => {
  for (let round = 0; round < 2; round++) await Promise.all(workers.map((worker) => of(worker)()));
  expect(log).toBe('');
};
const published = async (type: string, tenantId = clinic.tenantId): Promise<number> => {
  const db = database().read(tenantId);
  const found = await db.many(sql`SELECT id FROM outbox WHERE tenant_id = ${db.tenant} AND type = ${type}`);
  return found.length;
};
const audited = async (action: string, resourceId: string, tenantId = clinic.tenantId): Promise<number> => {
  const db = database().read(tenantId);
  const found = await db.many(sql`
    SELECT id FROM audit_logs
    WHERE tenant_id = ${db.tenant} AND action = ${action} AND resource_id = ${bin(resourceId)}`);
  return found.length;
};
const patients = (count: number): Promise<Patient[]> =>
  Promise.all(Array.from({ length: count }, () => clinic.patient()));

describe('two workers at once', () => {
  test('tell of each hold that has expired, and of each reminder that is due, once', async () => {
    const serviceId = await clinic.service();
    const doctorId = await clinic.doctor([serviceId]);
    await clinic.settings({ reminderOffsetsMinutes: [1_440] });
    for (const [at, { api }] of (await patients(6)).entries()) {
      const path = at < 3 ? '/appointments' : '/appointments/holds';
      expectStatus(await api.post(path, { doctorId, serviceId, startsAt: slot(at) }), 201);
    }
    await untilHeardBy('notifications', server, clinic.tenantId);

    now = new Date('2027-03-21T10:00:00Z');
    await sweep(({ waitlist }) => waitlist.sweep);
    await sweep(({ notifications }) => notifications.work.sweep);
    expect(await published('appointment.hold_expired')).toBe(3);
    expect(await published('appointment.reminder_due')).toBe(3);
  });

  test('send each event to each webhook once', async () => {
    const receiver = await startReceiver();
    const hook = { url: receiver.url, events: ['patient.updated'], active: true };
    for (let i = 0; i < 3; i++) expectStatus(await clinic.admin.api.post('/webhooks', hook), 201);
    for (const { api, patientId } of await patients(4))
      expectStatus(await api.patch(`/patients/${patientId}`, { phone: '+493012345' }), 200);
    await untilHeardBy('webhooks', server, clinic.tenantId);
    await until(async () => {
      await sweep(({ webhooks }) => webhooks.sweep);
      return receiver.received.length >= 12;
    });
    for (const { webhooks } of workers) await webhooks.stop();
    await receiver.stop();
    const sent = receiver.received.map(({ body }) => body.id as string);
    const times = new Map(sent.map((id) => [id, sent.filter((each) => each === id).length]));
    expect([...times.values()]).toEqual([3, 3, 3, 3]);
  });

  test('import each row of a list once', async () => {
    const names = Array.from({ length: 250 }, (_, i) => `Ada,Number${i},1990-01-02`);
    const csv = ['firstName,lastName,dateOfBirth', ...names].join('\n');
    const begun = clinic.admin.api.post('/patients/import', { csv, dryRun: false, duplicates: 'create' });
    const { id } = expectStatus(await begun, 201).body;
    const report = await until(async () => {
      await sweep(({ sweepPatients }) => sweepPatients);
      const { body } = await clinic.admin.api.get(`/patients/import/${id}`);
      return body.status === 'imported' && body;
    });
    expect(report).toMatchObject({ created: 250, doneRows: 250 });
    const db = database().read(clinic.tenantId);
    const all = await db.many(sql`SELECT id FROM patients WHERE tenant_id = ${db.tenant}`);
    expect(all).toHaveLength(250);
  });

  test('let go of what was kept of somebody erased once', async () => {
    const serviceId = await clinic.service();
    const doctorId = await clinic.doctor([serviceId]);
    const { api, patientId } = await clinic.patient();
    const visit = { doctorId, serviceId, startsAt: slot(0) };
    const { id } = expectStatus(await api.post('/appointments', visit), 201).body;
    for (const step of ['check-in', 'start', 'complete'])
      expectStatus(await clinic.admin.api.post(`/appointments/${id}/${step}`), 200);
    expectStatus(await clinic.admin.api.post(`/patients/${patientId}/erase`), 200);
    expect(await audited('patient.erased', patientId)).toBe(1);
    now = new Date('2060-01-01T00:00:00Z');
    await sweep(({ sweepPatients }) => sweepPatients);
    expect(await audited('patient.erased', patientId)).toBe(2);
  });

  test('end the retention of each note, and remove each file, once', async () => {
    const serviceId = await clinic.service();
    const doctor = await clinic.staff('doctor');
    const doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
    const noteIds: string[] = [];
    for (const [at, { patientId }] of (await patients(3)).entries()) {
      const visit = { doctorId, serviceId, patientId, startsAt: slot(at) };
      const { id: appointmentId } = expectStatus(
        await clinic.admin.api.post('/appointments', visit),
        201,
      ).body;
      const draft = { appointmentId, kind: 'soap', content: { text: 'Cough' } };
      noteIds.push(expectStatus(await doctor.api.post('/medical-notes', draft), 201).body.id);
    }
    const db = database().read(clinic.tenantId);
    const left = Array.from({ length: 5 }, () => [db.tenant, bin(newId()), now]);
    await db.run(sql`INSERT INTO file_removals (tenant_id, file, created_at) VALUES ${rows(left)}`);

    now = new Date('2060-01-01T00:00:00Z');
    await sweep(({ medicalNotes }) => medicalNotes.endRetention);
    await sweep(({ medicalNotes }) => medicalNotes.removeFiles);
    for (const id of noteIds) expect(await audited('medical_note.retention_ended', id)).toBe(1);
    expect(await db.many(sql`SELECT file FROM file_removals WHERE tenant_id = ${db.tenant}`)).toEqual([]);
  });

  test('count each visit once', async () => {
    const serviceId = await clinic.service();
    const doctorId = await clinic.doctor([serviceId]);
    for (const [at, { api }] of (await patients(3)).entries())
      expectStatus(await api.post('/appointments', { doctorId, serviceId, startsAt: slot(at) }), 201);
    await untilHeardBy('analytics', server, clinic.tenantId);
    await sweep(({ analytics }) => analytics.sweep);
    const path = '/analytics/summary?from=2027-03-22&to=2027-03-22';
    const counted = async (): Promise<number> =>
      expectStatus(await clinic.admin.api.get(path), 200).body.appointments;
    // The server itself may be at it.
    await until(async () => (await counted()) >= 3);
    await sweep(({ analytics }) => analytics.sweep);
    expect(await counted()).toBe(3);
  });

  test('seal each row of the audit trail once', async () => {
    await patients(3);
    await sweep(({ sealAudit }) => sealAudit);
    expect(expectStatus(await clinic.admin.api.get('/audit-logs/verify'), 200).body).toMatchObject({
      valid: true,
      unsealedRows: 0,
      batches: 1,
    });
  });

  test('tell each clinic of maintenance once, also where a process ended before it had told them', async () => {
    const operator = await anOperator(server);
    const notice = {
      message: 'The database moves',
      startsAt: '2027-03-20T21:00:00Z',
      endsAt: '2027-03-20T22:00:00Z',
    };
    const { id } = expectStatus(await operator.api.post('/platform/maintenance-notices', notice), 201).body;
    await sweep(({ sweepMaintenance }) => sweepMaintenance);
    expect(await published('maintenance.announced')).toBe(1);
    const platform = database().read(PLATFORM);
    await platform.run(sql`
      UPDATE maintenance_notices SET told_until = ${bin(PLATFORM)}
      WHERE tenant_id = ${platform.tenant} AND id = ${bin(id)}`);
    await sweep(({ sweepMaintenance }) => sweepMaintenance);
    expect(await published('maintenance.announced')).toBe(2);
  });

  test('write down once that a clinic was deleted', async () => {
    const operator = await anOperator(server);
    expectStatus(await operator.api.delete(`/platform/tenants/${clinic.tenantId}`), 200);
    now = new Date('2027-06-01T00:00:00Z');
    await sweep(({ tenantDeletion }) => tenantDeletion.deleteDue);
    expect(await audited('tenant.deleted', clinic.tenantId, PLATFORM)).toBe(1);
  });
});

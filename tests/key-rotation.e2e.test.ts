import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { createDomains } from '../src/composition/domains.ts';
import { createKeyring } from '../src/database/keyring.ts';
import { createKeyRotation, type RotationProgress } from '../src/database/key-rotation.ts';
import { connectionOptions } from '../src/database/connection-options.ts';
import type { SealedRows } from '../src/database/sealed-rows.ts';
import { createScratchDatabase } from '../src/database/tests/scratch-database.ts';
import { testConfig } from '../src/database/tests/test-database.ts';
import { listTenantTables, quoted } from '../src/database/tenant-tables.ts';
import { createInfrastructure, type Infrastructure } from '../src/infrastructure.ts';
import { createLogger } from '../src/shared/utils/logger.ts';
import { systemClock } from '../src/shared/utils/clock.ts';
import { until } from '../src/shared/tests/until.ts';
import { bin } from '../src/database/sql.ts';
import type { MasterKey } from '../src/shared/crypto/master-keys.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectStatus, type Patient, type Person } from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

const OLD: MasterKey = { id: 'old', key: randomBytes(32) };
const NEW: MasterKey = { id: 'new', key: randomBytes(32) };
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const pictures = [1, 2, 3].map(() => Buffer.concat([PNG, randomBytes(100_000)]));

let folder: string;
let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let server: TestServer;
let infrastructure: Infrastructure;
let sealed: SealedRows[];
let connection: Connection;
let clinic: Clinic;
let doctor: Person;
let patient: Patient;
let signed: { id: string; signature: unknown };
let appointmentId: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rotation-'));
  const files = { folder, maxBytes: 1_000_000, s3: undefined };
  scratch = await createScratchDatabase(); // Nobody else has these master keys.
  server = await startCheckedServer(undefined, {
    files,
    database: { ...testConfig().database, ...scratch.config },
    masterKeys: [OLD, NEW],
  });
  infrastructure = createInfrastructure(
    { ...server.config, masterKeys: [NEW, OLD] },
    createLogger({ ...server.config, logLevel: 'silent' }),
  );
  ({ sealed } = createDomains(infrastructure));
  const { database } = server.config;
  connection = await createConnection({ ...connectionOptions(database), database: database.name });
  await furnish();
});
afterAll(async () => {
  await connection.end();
  await Promise.all([server.stop(), infrastructure.close()]);
  await scratch.drop();
  rmSync(folder, { recursive: true });
});

/** A clinic that has something in every place in which something is sealed. */
const furnish = async () => {
  clinic = await aClinic(server);
  const { api } = clinic.admin;
  const serviceId = await clinic.service();
  doctor = await clinic.staff('doctor');
  const doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
  patient = await clinic.patient();
  const visit = { doctorId, serviceId, patientId: patient.patientId, startsAt: '2027-03-22T08:00:00Z' };
  appointmentId = expectStatus(await api.post('/appointments', visit), 201).body.id;
  const { id } = await write('cephalalgia');
  for (const picture of pictures) {
    const form = new FormData();
    form.set('file', new Blob([picture]), 'picture.png');
    expectStatus(await doctor.api.post(`/medical-notes/${id}/attachments`, form), 201);
  }
  signed = expectStatus(await doctor.api.post(`/medical-notes/${id}/sign`), 200).body;
  const addendum = { content: { text: 'resolved' } };
  expectStatus(await doctor.api.post(`/medical-notes/${id}/addenda`, addendum), 201);
  const path = `/patients/${patient.patientId}`;
  expectStatus(await api.put(`${path}/medical-info`, { allergies: ['Nuts'] }), 200);
  expectStatus(await doctor.api.post(`${path}/break-glass`, { reason: 'Collapsed' }), 201);
  expectStatus(await doctor.api.post('/auth/mfa/totp'), 200);
  const webhook = { url: 'https://hooks.example/a', events: ['appointment.booked'] };
  const made = expectStatus(await api.post('/webhooks', webhook), 201).body.id;
  expectStatus(await api.post(`/webhooks/${made}/rotate-secret`), 200);
};
const write = async (text: string): Promise<{ id: string }> => {
  const note = { appointmentId, kind: 'soap', content: { text } };
  return expectStatus(await doctor.api.post('/medical-notes', note), 201).body;
};

/** A rotation that is stopped as soon as `isEnough`. */
const rotate = (isEnough: (progress: RotationProgress) => boolean = () => false) => {
  let isStopping = false;
  const rotation = createKeyRotation({ ...infrastructure, masterKeys: [NEW, OLD], sealed });
  return rotation.rotate({
    tenantId: clinic.tenantId,
    isStopping: () => isStopping,
    onProgress: (progress) => {
      isStopping ||= isEnough(progress);
    },
  });
};

/** Nobody notices which key anything is under. */
const expectAllThere = async () => {
  const path = `/patients/${patient.patientId}`;
  expect((await patient.api.get(`${path}/medical-info`)).body.allergies).toEqual(['Nuts']);
  expect((await clinic.admin.api.get(`${path}/break-glass`)).body.data).toMatchObject([
    { reason: 'Collapsed' },
  ]);
  expect((await doctor.api.get(`/medical-notes/${signed.id}`)).body).toMatchObject({
    signature: signed.signature,
    content: { text: 'cephalalgia' },
    addenda: [{ content: { text: 'resolved' } }],
  });
  for (const q of ['Cephalalgia', 'resolved'])
    expect((await doctor.api.get(`/medical-notes?q=${q}`)).body.data).toMatchObject([{ id: signed.id }]);
  const { data } = (await patient.api.get(`/medical-notes/${signed.id}/attachments`)).body;
  for (const [at, { id }] of data.entries()) {
    const { body } = await patient.api.get(`/medical-notes/${signed.id}/attachments/${id}`);
    const answer = await fetch(`${server.url}${new URL(body.downloadUrl).pathname}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(pictures[at] as Buffer)).toBe(true);
  }
  expect(data).toHaveLength(3);
};

const keys = async () => {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT id, status, master_key_id AS master FROM tenant_keys WHERE tenant_id = ? ORDER BY id',
    [bin(clinic.tenantId)],
  );
  return rows as { id: Buffer; status: string; master: string }[];
};
/** Every column of any table in which something begins like a box of that key. */
const columnsUnder = async (key: Buffer): Promise<string[]> => {
  const found: string[] = [];
  for (const { name, columns } of await listTenantTables(connection)) {
    for (const column of columns.filter(({ type }) => /^(var)?binary$|blob$/.test(type))) {
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT 1 FROM ${quoted(name)} WHERE tenant_id = ? AND left(${quoted(column.name)}, 17) = ? LIMIT 1`,
        [bin(clinic.tenantId), Buffer.concat([Buffer.of(1), key])],
      );
      if (rows.length > 0) found.push(`${name}.${column.name}`);
    }
  }
  return found;
};
const files = () => readdirSync(join(folder, clinic.tenantId));

test('a rotation is stopped twice, goes on where it was, leaves nothing behind, and nobody notices', async () => {
  const filesBefore = files();
  const [old] = await keys();
  const places = await columnsUnder(old?.id as Buffer);
  expect(places).toHaveLength(7);

  const first = await rotate(({ what }) => what === 'medical information');
  expect(first).toMatchObject({ resumed: undefined, isFinished: false });
  expect((await keys()).map(({ status }) => status)).toEqual(['retiring', 'active']);
  await expectAllThere();
  const later = await write('written meanwhile');
  expect((await doctor.api.get('/medical-notes?q=meanwhile')).body.data).toMatchObject([{ id: later.id }]);

  const second = await rotate(({ what }) => what === 'attachments');
  expect(second).toMatchObject({ resumed: expect.any(Date), isFinished: false });
  await expectAllThere();

  expect(await rotate()).toMatchObject({
    resumed: expect.any(Date),
    isFinished: true,
    tenants: 1,
    broken: [],
  });
  await expectAllThere();
  const [retired, active] = await keys();
  expect([retired?.status, active?.status]).toEqual(['retired', 'active']);
  expect(await columnsUnder(retired?.id as Buffer)).toEqual([]);
  expect(await columnsUnder(active?.id as Buffer)).toEqual(places);
  await until(() => files().length === 3);
  expect(files().filter((name) => filesBefore.includes(name))).toEqual([]);
  await expect(
    connection.query('UPDATE medical_notes SET content = 0x00 WHERE tenant_id = ? AND id = ?', [
      bin(clinic.tenantId),
      bin(signed.id),
    ]),
  ).rejects.toThrow(/foreign key/);
  expect((await rotate()).resumed).toBeUndefined();
});

test('every data key is wrapped by the new master key, and the old one can go', async () => {
  const rotation = createKeyRotation({ ...infrastructure, masterKeys: [NEW, OLD], sealed: [] });
  await rotation.wrapAnew(() => false);
  expect(new Set((await keys()).map(({ master }) => master))).toEqual(new Set(['new']));
  const db = infrastructure.database.read(clinic.tenantId);
  const alone = createKeyring([NEW], systemClock);
  expect(await alone.query(db, 'cephalalgia')).toEqual(expect.any(String));
});

test('an attachment whose file is gone is named, and holds nothing up', async () => {
  const [gone] = files();
  rmSync(join(folder, clinic.tenantId, String(gone)));
  const report = await rotate();
  expect(report).toMatchObject({
    isFinished: true,
    broken: [{ what: 'attachments', id: expect.any(String) }],
  });
});

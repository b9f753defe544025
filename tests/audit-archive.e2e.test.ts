import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { createAuditTrail } from '../src/database/audit.ts';
import { textOfRow } from '../src/database/audit-row.ts';
import { connectionOptions } from '../src/database/connection-options.ts';
import { bin } from '../src/database/sql.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { createAuditOffice } from '../src/domains/audit/index.ts';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectStatus } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let owner: Connection;
let database: Awaited<ReturnType<typeof testDatabase>>;
let office: ReturnType<typeof createAuditOffice>;
beforeAll(async () => {
  server = await startTestServer({ auditSealMs: 20 });
  const config = server.config.database;
  owner = await createConnection({ ...connectionOptions(config), database: config.name });
  database = await testDatabase();
  office = createAuditOffice({ database: database.database, config: server.config, clock: server.clock });
});
afterAll(async () => {
  await Promise.all([owner.end(), database.close()]);
  await server.stop();
});

const verify = async (clinic: Clinic) =>
  expectStatus(await clinic.admin.api.get('/audit-logs/verify'), 200).body;
const sealed = (clinic: Clinic) =>
  until(async () => {
    const found = await verify(clinic);
    return found.unsealedRows === 0 && found.batches > 0 ? found : undefined;
  });
const logs = async (clinic: Clinic) =>
  expectStatus(await clinic.admin.api.get('/audit-logs?limit=100'), 200).body.data as any[];
const aFolder = () => mkdtempSync(join(tmpdir(), 'audit-archive-'));
const BETWEEN = new Date('2027-03-15T08:05:00Z');

/** A clinic in whose trail some rows are from before {@link BETWEEN}, and some from after it. */
const aClinicOfTwoTimes = async () => {
  server.clock.set('2027-03-15T08:00:00Z');
  const clinic = await aClinic(server);
  await clinic.service();
  await sealed(clinic);
  const old = await logs(clinic);
  server.clock.set('2027-03-15T08:10:00Z');
  await clinic.service();
  await sealed(clinic);
  const recent = (await logs(clinic)).slice(0, -old.length);
  return { clinic, old, recent };
};

test('old batches move into a file, row by row as they were hashed, and the chain stays whole', async () => {
  const { clinic, old, recent } = await aClinicOfTwoTimes();
  const { clinic: other } = await aClinicOfTwoTimes();
  const before = await verify(clinic);
  const folder = aFolder();
  const archived = await office.archive(clinic.tenantId, { before: BETWEEN, folder });
  expect(archived).toMatchObject({ fault: null, rows: old.length });

  await sealed(clinic);
  expect(await verify(clinic)).toMatchObject({
    valid: true,
    archivedBatches: archived.batches,
    rows: recent.length + 1,
  });
  const [note, ...left] = await logs(clinic);
  expect(note).toMatchObject({ action: 'audit_log.archived', changes: { rows: old.length } });
  expect(left.map(({ id }) => id)).toEqual(recent.map(({ id }) => id));
  expect(await verify(other)).toMatchObject({ valid: true, archivedBatches: 0 });

  const path = archived.file ?? '';
  const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
  const rows = lines.filter((line) => line.startsWith('['));
  const asHashed = old.map((row) => textOfRow({ ...row, occurredAt: new Date(row.occurredAt) }));
  expect([...rows].sort()).toEqual(asHashed.sort());
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ tenantId: clinic.tenantId, firstBatch: 1 });
  expect(await office.checkFile(path)).toMatchObject({ fault: null, rows: old.length });

  // Again: there is nothing left to do, and the next ones follow in a file of their own.
  expect(await office.archive(clinic.tenantId, { before: BETWEEN, folder })).toMatchObject({ file: null });
  const all = { before: new Date('2027-03-16T00:00:00Z'), folder };
  const rest = await office.archive(clinic.tenantId, all);
  expect(rest).toMatchObject({ fault: null, batches: Number(before.batches) - archived.batches + 1 });
  expect(await verify(clinic)).toMatchObject({ valid: true });
  expect(readdirSync(folder)).toHaveLength(2);
});

test('a byte of the file that is changed is found, also where the file was made anew to fit', async () => {
  const { clinic } = await aClinicOfTwoTimes();
  const { file } = await office.archive(clinic.tenantId, { before: BETWEEN, folder: aFolder() });
  const path = file ?? '';
  const bytes = readFileSync(path);
  const text = gunzipSync(bytes).toString();
  const middle = Buffer.from(bytes);
  middle.writeUInt8(middle.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  const cases = [
    middle,
    bytes.subarray(0, -20),
    gzipSync(text.replace('service.created', 'service.deleted')),
    gzipSync(`${text}\n`),
    gzipSync(text, { level: 1 }), // The same rows, and still not the file that was archived.
  ];
  for (const changed of cases) {
    writeFileSync(path, changed);
    expect((await office.checkFile(path)).fault).toMatchObject({ kind: 'archive_damaged' });
  }
  writeFileSync(path, bytes);
  expect((await office.checkFile(path)).fault).toBeNull();
});

test('nothing moves while the trail is not whole, or where no file can be written', async () => {
  const { clinic, old, recent } = await aClinicOfTwoTimes();
  const folder = aFolder();
  const notAFolder = join(folder, 'a-file');
  writeFileSync(notAFolder, '');
  const nowhere = office.archive(clinic.tenantId, { before: BETWEEN, folder: notAFolder });
  await expect(nowhere).rejects.toThrow(/cannot be written/);
  expect(await logs(clinic)).toHaveLength(old.length + recent.length);

  await owner.query('SET foreign_key_checks = 0');
  await owner.query(
    'UPDATE audit_logs SET request_id = "another" WHERE tenant_id = ? AND batch = 1 LIMIT 1',
    [bin(clinic.tenantId)],
  );
  await owner.query('SET foreign_key_checks = 1');
  const refused = await office.archive(clinic.tenantId, { before: BETWEEN, folder });
  expect(refused).toMatchObject({ fault: { batch: 1, kind: 'row_changed' }, file: null });
  expect(await logs(clinic)).toHaveLength(old.length + recent.length);
  expect(readdirSync(folder)).toEqual(['a-file']);
});

test('a run that dies leaves each row in the database or in a recorded file, and the next one goes on', async () => {
  const { clinic } = await aClinicOfTwoTimes();
  const { tenantId } = clinic;
  const trail = createAuditTrail(server.clock, server.config.masterKeys);
  const entry = { action: 'service.created', resourceType: 'service', resourceId: null };
  await database.database.transaction({ tenantId }, async (tx) => {
    const ctx = { requestId: 'many', address: '', userAgent: '' };
    for (let i = 0; i < 2_100; i++) await trail.record(tx, ctx, entry);
  });
  const { rows } = await sealed(clinic);
  const options = { before: new Date('2027-03-15T08:10:01Z'), folder: aFolder() };

  const dying = { now: jest.fn(() => server.clock.now()) };
  dying.now.mockReturnValueOnce(server.clock.now()).mockImplementationOnce(() => {
    throw new Error('died before the first row left');
  });
  const mortal = createAuditOffice({
    database: database.database,
    config: server.config,
    clock: dying,
  });
  await expect(mortal.archive(tenantId, options)).rejects.toThrow(/died/);
  expect(await verify(clinic)).toMatchObject({ valid: true, rows, archivedBatches: 0 });

  const onProgress = () => {
    throw new Error('died between two portions');
  };
  await expect(office.archive(tenantId, { ...options, onProgress })).rejects.toThrow(/died/);
  const half = await sealed(clinic);
  expect(half).toMatchObject({ valid: true });
  expect(half.archivedBatches).toBeGreaterThan(0);
  expect(half.rows).toBeGreaterThan(1);

  const { fault, rows: moved } = await office.archive(tenantId, options);
  expect([fault, moved]).toEqual([null, half.rows]);
  expect(await sealed(clinic)).toMatchObject({ valid: true, rows: 1 });
  for (const file of readdirSync(options.folder))
    expect((await office.checkFile(join(options.folder, file))).fault).toBeNull();
});

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { createDomains } from '../src/composition/domains.ts';
import { createInfrastructure } from '../src/infrastructure.ts';
import type { BackupKeys } from '../src/database/backup/backup-key.ts';
import { createBackup } from '../src/database/backup/create-backup.ts';
import { readBackup } from '../src/database/backup/read-backup.ts';
import { restoreBackup } from '../src/database/backup/restore-backup.ts';
import { migrate } from '../src/database/migration-runner.ts';
import { connectionOptions } from '../src/database/connection-options.ts';
import type { DatabaseConfig } from '../src/database/pool.ts';
import { quoted } from '../src/database/tenant-tables.ts';
import { createScratchDatabase, type ScratchDatabase } from '../src/database/tests/scratch-database.ts';
import { testConfig } from '../src/database/tests/test-database.ts';
import { createFileStore } from '../src/shared/files/create-file-store.ts';
import { createLogger } from '../src/shared/utils/logger.ts';
import { systemClock } from '../src/shared/utils/clock.ts';
import { createApi } from './support/api.ts';
import { aClinic, type Clinic, expectStatus, PASSWORD, type Person } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const BACKUP_KEY = randomBytes(32);
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), randomBytes(200_000)]);
const LATER = '2027-03-22T';

let source: ScratchDatabase;
let server: TestServer;
let owner: Connection;
let clinic: Clinic;
let doctor: Person;
let folder: string;
let file: string;
let noteId: string;
let manifest: Awaited<ReturnType<typeof createBackup>>['manifest'];

const filesIn = (name: string) => ({ folder: join(folder, name), maxBytes: 1_000_000, s3: undefined });
const keys = (backupKey: Buffer = BACKUP_KEY): BackupKeys => ({
  backupKey,
  masterKeys: testConfig().masterKeys,
});
const onProgress = () => undefined;
const isStopping = () => false;
const backupTo = (path: string, more: Partial<Parameters<typeof createBackup>[1]> = {}) =>
  createBackup(path, {
    config: source.config,
    files: createFileStore({ files: filesIn('files') }),
    keys: keys(),
    version: '0.0.0',
    now: systemClock.now(),
    onProgress,
    isStopping,
    ...more,
  });
const restoreTo = (config: DatabaseConfig, from = file, files = 'restored', key = keys()) =>
  restoreBackup(from, {
    config,
    files: createFileStore({ files: filesIn(files) }),
    keys: key,
    onProgress,
    onCompared: () => undefined,
    isStopping,
  });
const attach = (name: string) => {
  const form = new FormData();
  form.set('file', new Blob([PNG]), name);
  return doctor.api.post(`/medical-notes/${noteId}/attachments`, form);
};
const connect = (config: DatabaseConfig) =>
  createConnection({ ...connectionOptions(config), database: config.name, multipleStatements: true });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backup-'));
  source = await createScratchDatabase();
  await migrate(source.config);
  const config = testConfig();
  server = await startTestServer({
    database: { ...config.database, name: source.config.name },
    streamPrefix: `{${source.config.name}}`,
    files: filesIn('files'),
  });
  owner = await connect(source.config);
  // What somebody may have added: every kind of program, and text that is hard to quote.
  await owner.query(`
    CREATE TABLE added (id INT AUTO_INCREMENT PRIMARY KEY, words TEXT, doc JSON, bits BIT(9), amount DECIMAL(20, 4),
      at DATETIME(6), day DATE, bytes VARBINARY(50), letters INT GENERATED ALWAYS AS (char_length(words)) VIRTUAL)
      CHARSET utf8mb4;
    CREATE VIEW a_view AS SELECT id, letters FROM added`);
  await owner.query(
    'CREATE TRIGGER added_words BEFORE INSERT ON added FOR EACH ROW SET NEW.words = TRIM(NEW.words)',
  );
  await owner.query('CREATE PROCEDURE one_more() INSERT INTO added (words) VALUES (" spaces ")');
  await owner.query(
    "INSERT INTO added (words, doc, bits, amount, at, day, bytes) VALUES (?, ?, b'101', '-123456789012345.6789', '2027-03-22 10:00:00.123456', '2027-03-22', x'00ff275c0a'), (NULL, NULL, NULL, NULL, NULL, NULL, x'')",
    ['it’s \'quoted\' "twice" \\ \n\r\0\x1a é 漢字 🩺', JSON.stringify({ words: 'it\'s "\\" \n🩺' })],
  );
  clinic = await aClinic(server);
  const serviceId = await clinic.service();
  doctor = await clinic.staff('doctor');
  const doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
  const { patientId } = await clinic.patient();
  const book = (time: string) =>
    clinic.admin.api.post('/appointments', {
      doctorId,
      serviceId,
      patientId,
      startsAt: `${LATER}${time}:00Z`,
    });
  const { id: appointmentId } = expectStatus(await book('08:00'), 201).body;
  const note = { appointmentId, kind: 'soap', content: { text: 'Łukasz Þórsson, κεφαλαλγία' } };
  noteId = expectStatus(await doctor.api.post('/medical-notes', note), 201).body.id;
  expectStatus(await attach('x-ray.png'), 201);
  // People go on booking while the backup is made.
  file = join(folder, 'whole.backup');
  const [made, ...booked] = await Promise.all([
    backupTo(file),
    ...['08:30', '09:00', '09:30', '10:00', '10:30'].map((time) => book(time)),
  ]);
  for (const answer of booked) expectStatus(answer, 201);
  manifest = made.manifest;
});
afterAll(async () => {
  await owner.end();
  await server.stop();
  await source.drop();
  rmSync(folder, { recursive: true });
});

/** Every table with its rows as the database itself sums them up. */
const sumsOf = async (config: DatabaseConfig) => {
  const connection = await connect(config);
  const [tables] = await connection.query<RowDataPacket[]>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name",
  );
  const sums: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const [[count]] = await connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM ${quoted(name)}`);
    const [[sum]] = await connection.query<RowDataPacket[]>(`CHECKSUM TABLE ${quoted(name)}`);
    sums[name] = [count?.['n'], sum?.['Checksum']];
  }
  await connection.end();
  return sums;
};
const isEmpty = async (config: DatabaseConfig) => Object.keys(await sumsOf(config)).length === 0;

test('brings back every table, file, view, trigger and routine; a server on it lets people log in and read notes', async () => {
  const { config, drop } = await createScratchDatabase();
  const restored = await restoreTo(config);
  expect(restored).toMatchObject({ filesBrought: 1, manifest: { files: { count: 1 }, programs: 3 } });
  const sums = await sumsOf(config);
  expect(Object.keys(sums)).toEqual(Object.keys(await sumsOf(source.config)));
  const rows = Object.fromEntries(Object.entries(sums).map(([table, [count]]) => [table, count]));
  expect(rows).toEqual(Object.fromEntries(manifest.tables.map((table) => [table.name, table.rows])));
  const name = readdirSync(join(folder, 'files', clinic.tenantId))[0] ?? '';
  expect(readFileSync(join(folder, 'restored', clinic.tenantId, name))).toEqual(
    readFileSync(join(folder, 'files', clinic.tenantId, name)),
  );

  // A backup of what was restored says the same of every row, and so does the database of what has not changed since.
  const again = await backupTo(join(folder, 'again.backup'), { config });
  expect(again.manifest.tables).toEqual(manifest.tables);
  const now = await sumsOf(source.config);
  for (const table of ['patients', 'medical_notes', 'medical_note_attachments', 'tenant_keys', 'added'])
    expect([table, sums[table]]).toEqual([table, now[table]]);
  const connection = await connect(config);
  await connection.query('CALL one_more()');
  const [added] = await connection.query<RowDataPacket[]>(
    'SELECT v.letters, a.words FROM a_view v JOIN added a USING (id) ORDER BY id',
  );
  expect(added[2]).toEqual({ letters: 6, words: 'spaces' });
  await connection.end();

  const there = await startTestServer({
    database: { ...testConfig().database, name: config.name },
    streamPrefix: `{${config.name}}`,
    files: filesIn('restored'),
  });
  const login = { email: doctor.email, password: PASSWORD };
  const at = { 'X-Tenant-Subdomain': clinic.subdomain };
  const { tokens } = expectStatus(await there.api.post('/auth/login', login, at), 200).body;
  const api = createApi(`${there.url}/api/v1`).with({ Authorization: `Bearer ${tokens.accessToken}` });
  expect((await api.get(`/medical-notes/${noteId}`)).body.content).toEqual({
    text: 'Łukasz Þórsson, κεφαλαλγία',
  });
  const [attachment] = (await api.get(`/medical-notes/${noteId}/attachments`)).body.data;
  const { downloadUrl } = (await api.get(`/medical-notes/${noteId}/attachments/${attachment.id}`)).body;
  const content = await fetch(`${there.url}${new URL(downloadUrl).pathname}`);
  expect(Buffer.from(await content.arrayBuffer()).equals(PNG)).toBe(true);
  const admin = { email: clinic.admin.email, password: PASSWORD };
  const { accessToken } = expectStatus(await there.api.post('/auth/login', admin, at), 200).body.tokens;
  const trail = await api.with({ Authorization: `Bearer ${accessToken}` }).get('/audit-logs/verify');
  expect(trail.body).toMatchObject({ valid: true });
  await there.stop();
  await drop();
});

test('is for its owner’s eyes only, shows nobody anything, and says what it holds', async () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file).toString('latin1');
  for (const secret of [clinic.subdomain, doctor.email, 'INSERT INTO', 'x-ray'])
    expect(text).not.toContain(secret);
  const read = await readBackup(file, { keys: keys(), onProgress, isStopping });
  expect(read).toEqual(manifest);
  expect(read.migrations.at(-1)?.name).toMatch(/^\d{4}_\w+\.sql$/);
  expect(read.tables.find(({ name }) => name === 'medical_notes')).toMatchObject({ rows: 1 });
});

const flipped = (at: number) => {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};
const size = () => statSync(file).size;
const DAMAGED = /^The backup is damaged or incomplete: .*Nothing has been changed/;
test.each<[string, () => Buffer, RegExp]>([
  ['cut off at its end', () => readFileSync(file).subarray(0, -1), DAMAGED],
  ['cut in half', () => readFileSync(file).subarray(0, size() >> 1), DAMAGED],
  ['with a byte more', () => Buffer.concat([readFileSync(file), Buffer.of(0)]), DAMAGED],
  ['with one bit changed in its middle', () => flipped(size() >> 1), DAMAGED],
  ['with one bit changed at its end', () => flipped(size() - 1), DAMAGED],
  [
    'with its date changed',
    () => Buffer.from(readFileSync(file, 'latin1').replace('"20', '"19'), 'latin1'),
    /first line is damaged/,
  ],
  ['empty', () => Buffer.of(), /no backup that this version can read/],
  ['something else', () => randomBytes(10_000), /no backup that this version can read/],
])('one that is %s is refused, and nothing is changed', async (_what, content, complaint) => {
  const { config, drop } = await createScratchDatabase();
  const broken = join(folder, 'broken.backup');
  writeFileSync(broken, content());
  await expect(restoreTo(config, broken, 'untouched')).rejects.toThrow(complaint);
  await expect(readBackup(broken, { keys: keys(), onProgress, isStopping })).rejects.toThrow(complaint);
  expect(await isEmpty(config)).toBe(true);
  expect(readdirSync(folder)).not.toContain('untouched');
  await drop();
});

test('does not open with another key, nor without one, nor where only the master key is known', async () => {
  const { config, drop } = await createScratchDatabase();
  await expect(restoreTo(config, file, 'untouched', keys(randomBytes(32)))).rejects.toThrow(
    /does not open with BACKUP_KEY/,
  );
  const without = { backupKey: undefined, masterKeys: testConfig().masterKeys };
  await expect(restoreTo(config, file, 'untouched', without)).rejects.toThrow(/BACKUP_KEY, which is not set/);
  const byMaster = join(folder, 'master.backup');
  await backupTo(byMaster, { keys: without });
  const other = { backupKey: BACKUP_KEY, masterKeys: [{ id: 'default', key: randomBytes(32) }] as const };
  await expect(restoreTo(config, byMaster, 'untouched', other)).rejects.toThrow(
    /does not open with the master key "default"/,
  );
  await expect(readBackup(byMaster, { keys: keys(), onProgress, isStopping })).resolves.toBeDefined();
  expect(await isEmpty(config)).toBe(true);
  await drop();
});

test('never goes into a database that holds something, nor over a file that is another one', async () => {
  const before = await sumsOf(source.config);
  await expect(restoreTo(source.config)).rejects.toThrow(/is not empty.*--into/s);
  expect(await sumsOf(source.config)).toEqual(before);

  const { config, drop } = await createScratchDatabase();
  const store = createFileStore({ files: filesIn('taken') });
  const [name = ''] = await createFileStore({ files: filesIn('files') }).list(clinic.tenantId);
  const other = async function* () {
    yield await Promise.resolve(Buffer.from('another file'));
  };
  await store.put(name, other());
  await expect(restoreTo(config, file, 'taken')).rejects.toThrow(/is another one/);
  expect(readFileSync(join(folder, 'taken', name), 'utf8')).toBe('another file');
  expect(await isEmpty(config)).toBe(true);
  await drop();
});

test('a restore that fails half-way takes everything back', async () => {
  const { config, drop } = await createScratchDatabase();
  let polls = 0;
  const stopped = restoreBackup(file, {
    config,
    files: createFileStore({ files: filesIn('half') }),
    keys: keys(),
    onProgress: (stage) => {
      if (stage === 'restored') polls += 1;
    },
    onCompared: () => undefined,
    isStopping: () => polls > 0,
  });
  await expect(stopped).rejects.toThrow(/Stopped/);
  expect(await isEmpty(config)).toBe(true);
  await drop();
});

test('files whose rows go while a backup is made are in it, and go after it', async () => {
  const { id } = expectStatus(await attach('second.png'), 201).body;
  const files = () => readdirSync(join(folder, 'files', clinic.tenantId)).length;
  const store = createFileStore({ files: filesIn('files') });
  let lists = 0;
  const { manifest: made } = await backupTo(join(folder, 'meanwhile.backup'), {
    files: {
      ...store,
      list: async (within) => {
        if (lists++ === 0)
          expectStatus(await doctor.api.delete(`/medical-notes/${noteId}/attachments/${id}`), 204);
        return store.list(within);
      },
    },
  });
  expect([made.files.count, files()]).toEqual([2, 2]);
  const infrastructure = createInfrastructure(server.config, createLogger(server.config));
  await createDomains(infrastructure).medicalNotes.removeFiles();
  await infrastructure.close();
  expect(files()).toBe(1);
});

const run = (program: string, ...args: string[]) =>
  new Promise<{ code: number; said: string; complained: string }>((resolve) => {
    const env = {
      ...process.env,
      NODE_ENV: 'test',
      NODE_OPTIONS: '',
      DB_NAME: source.config.name,
      FILES_FOLDER: join(folder, 'files'),
      BACKUP_KEY: BACKUP_KEY.toString('base64'),
    };
    execFile(
      process.execPath,
      ['--import', 'tsx', `src/command-line/${program}.ts`, ...args],
      { env },
      (error, said, complained) => {
        resolve({ code: error === null ? 0 : Number(error.code), said, complained });
      },
    );
  });

test('the commands back up into a folder, verify, and restore into a new database', async () => {
  const out = join(folder, 'backups/');
  const made = await run('backup', '--to', out);
  expect([made.code, made.said]).toEqual([0, expect.stringMatching(/^tables +\d+ with \d+ rows$/m)]);
  const [name = ''] = readdirSync(out);
  expect(name).toMatch(/^doctor_scratch-.*-\d{8}T\d{6}Z\.backup$/);
  const path = join(out, name);
  const target = `${source.config.name}-2`;
  const [verified, restored] = await Promise.all([
    run('backup', '--verify', path),
    run('restore', '--from', path, '--into', target),
  ]);
  expect([verified.code, verified.said]).toEqual([0, expect.stringMatching(/^whole .*backup$/m)]);
  expect([restored.code, restored.said]).toEqual([0, expect.stringMatching(/all compared/)]);
  await owner.query(`DROP DATABASE ${quoted(target)}`);
});

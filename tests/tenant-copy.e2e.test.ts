import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { noteCopy } from '../src/command-line/note-copy.ts';
import { eraseTenant } from '../src/database/erase-tenant.ts';
import { createKeyring } from '../src/database/keyring.ts';
import { connectionOptions } from '../src/database/connection-options.ts';
import { bin, sql, uuidOf } from '../src/database/sql.ts';
import { exportTenant } from '../src/database/tenant-copy/export-tenant.ts';
import { importTenant } from '../src/database/tenant-copy/import-tenant.ts';
import { listTenantTables, quoted } from '../src/database/tenant-tables.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { newId, PLATFORM } from '../src/shared/types/id.ts';
import { systemClock } from '../src/shared/utils/clock.ts';
import { expectCode, expectStatus, PASSWORD } from './support/clinic.ts';
import { aFurnishedClinic, type FurnishedClinic } from './support/furnished-clinic.ts';
import { untilHeardBy } from './support/database.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let clinic: FurnishedClinic;
let folder: string;
let file: string;
/** A table as a later migration may make one: it refers to itself, and holds what is sealed, bytes and every kind of text. */
const LATER = 'later_things';
const ROOT = newId();
const WORDS = 'line\nline\u2028line "quoted" \\ é 漢字 🩺';
const place = (id: string) => ({ table: LATER, column: 'secret', id });
beforeAll(async () => {
  server = await startTestServer();
  database = await testDatabase();
  connection = await createConnection({
    ...connectionOptions(server.config.database),
    database: server.config.database.name,
  });
  await connection.query(`CREATE TABLE ${LATER} (
    tenant_id BINARY(16) NOT NULL, id BINARY(16) NOT NULL, parent_id BINARY(16) NULL, secret VARBINARY(500) NULL,
    words TEXT NULL, doc JSON NULL, amount DECIMAL(20, 4) NULL, big BIGINT UNSIGNED NULL, yes TINYINT(1) NULL,
    doubled BIGINT GENERATED ALWAYS AS (amount * 2) VIRTUAL, PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_later_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES ${LATER} (tenant_id, id))
    DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci`);
  clinic = await aFurnishedClinic(server);
  await fill();
  await untilCounted();
  folder = mkdtempSync(join(tmpdir(), 'tenant-copy-'));
  file = join(folder, 'clinic.gz');
  await exportTo(file);
});
afterAll(async () => {
  await connection.query(`DROP TABLE ${LATER}`);
  await connection.end();
  await Promise.all([server.stop(), database.close()]);
  rmSync(folder, { recursive: true });
});

const keyring = () => createKeyring(server.config.masterKeys, systemClock);
const fill = () =>
  database.database.transaction({ tenantId: clinic.tenantId }, async (tx) => {
    const secret = await keyring().seal(tx, 'a secret', place(ROOT));
    await tx.run(sql`
      INSERT INTO later_things (tenant_id, id, secret, words, doc, amount, big, yes)
      VALUES (${tx.tenant}, ${bin(ROOT)}, ${secret}, ${WORDS},
        ${JSON.stringify({ tenantId: clinic.tenantId, words: WORDS })}, '12345678901234.5678', '18446744073709551615', 1)`);
    await tx.run(sql`
      INSERT INTO later_things (tenant_id, id, parent_id, words)
      VALUES (${tx.tenant}, ${bin('00000000-0000-7000-8000-000000000001')}, ${bin(ROOT)}, 'comes before its parent')`);
  });

/** All that has happened is in the figures, so that they are the same in the file and after it. */
const untilCounted = async () => {
  await untilHeardBy('analytics', server, clinic.tenantId);
  await until(async () => {
    const db = database.database.read(clinic.tenantId);
    const left = await db.one<{ events: number }>(sql`
      SELECT COUNT(*) AS events FROM analytics_events WHERE tenant_id = ${db.tenant} AND pending = 1`);
    return left?.events === 0;
  });
};

const exportTo = (out: string, named = clinic.subdomain) =>
  exportTenant(server.config.database, named, out, { now: systemClock.now(), onProgress: () => undefined });
const importFrom = (from: string, subdomain?: string, masterKeys = server.config.masterKeys) =>
  importTenant(server.config.database, from, { masterKeys, subdomain, onProgress: () => undefined });
const tenants = async () =>
  (await connection.query<RowDataPacket[]>('SELECT count(*) AS n FROM tenants'))[0][0]?.['n'];

const LEFT = [
  'account_links',
  'webhook_deliveries',
  'webhook_attempts',
  'notification_deliveries',

  'sessions',
  'idempotency_keys',
  'outbox',
  'event_sequences',
  'inbox',
  'api_keys',
  'calendar_feeds',
];
/** The chain of the audit trail is bound to the id of its clinic: a copy begins one of its own. */
const CHAIN = ['audit_pins', 'audit_batches'];

/** Every row of a tenant by its table, the tenant's id made the same for all; without what a copy has of its own. */
const contentsOf = async (tenantId: string): Promise<Record<string, unknown[]>> => {
  const contents: Record<string, unknown[]> = {};
  for (const { name, primaryKey } of await listTenantTables(connection)) {
    if ([...LEFT, ...CHAIN].includes(name)) continue;
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT * FROM ${quoted(name)} WHERE tenant_id = ? ORDER BY ${primaryKey.map(quoted).join(', ')}`,
      [bin(tenantId)],
    );
    const opened = await Promise.all(rows.map((row) => openedIn(tenantId, name, row)));
    contents[name] = rows.map((row, at) => {
      const own =
        name === 'tenants' ? { subdomain: '' } : name === 'tenant_domains' ? { verified_at: null } : {};
      // These follow from what is sealed; that it is the same is told by opening it.
      const keys = { wrapped: undefined, content_digest: undefined };
      const chain = name === 'audit_logs' ? { mark: undefined, batch: undefined, digest: undefined } : {};
      return JSON.parse(
        JSON.stringify({ ...row, ...own, ...opened[at], ...keys, ...chain }, (_key, value: unknown) =>
          isBytes(value) ? Buffer.from(value.data).toString('hex') : value,
        )
          .replaceAll(tenantId, 'TENANT')
          .replaceAll(bin(tenantId).toString('hex'), 'TENANT'),
      );
    });
  }
  return contents;
};
const isBytes = (value: unknown): value is { data: number[] } =>
  typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer';

/** What is sealed in a row, in the clear. */
const openedIn = async (tenantId: string, table: string, row: RowDataPacket): Promise<object> => {
  const db = database.database.read(tenantId);
  const keys = await db.many<{ id: string }>(sql`
    SELECT id FROM tenant_keys WHERE tenant_id = ${bin(tenantId)}`);
  const sealed = Object.entries(row).filter(
    ([, value]) =>
      Buffer.isBuffer(value) &&
      value[0] === 1 &&
      keys.some(({ id }) => value.subarray(1, 17).equals(bin(id))),
  );
  const opened = sealed.map(async ([column, value]) => {
    const text = await keyring().open(db, value as Buffer, {
      table,
      column,
      id: uuidOf(row['id'] as Buffer),
    });
    return [column, `opened: ${text.toString('hex')}`] as const;
  });
  return Object.fromEntries(await Promise.all(opened));
};

const secretOf = async (tenantId: string): Promise<string> => {
  const db = database.database.read(tenantId);
  const row = await db.one<{ secret: Buffer }>(sql`
    SELECT secret FROM later_things WHERE tenant_id = ${bin(tenantId)} AND id = ${bin(ROOT)}`);
  return (await keyring().open(db, row?.secret ?? Buffer.of(), place(ROOT))).toString();
};

describe('a copy beside the original', () => {
  let copy: Awaited<ReturnType<typeof importFrom>>;
  const subdomain = `copy-${newId().slice(-12)}`;
  beforeAll(async () => {
    copy = await importFrom(file, subdomain);
  });

  test('has the same content in every table, under an id of its own', async () => {
    expect(copy.id).not.toBe(clinic.tenantId);
    const [original, copied] = [await contentsOf(clinic.tenantId), await contentsOf(copy.id)];
    expect(Object.keys(copied).length).toBeGreaterThan(20);
    for (const name of [
      'medical_notes',
      'medical_note_locks',
      'users',
      'appointments',
      'calendar_claims',
      'audit_logs',
      'analytics_visits',
      'analytics_working',
      LATER,
    ])
      expect(copied[name]?.length).toBeGreaterThan(0);
    expect(copied).toEqual(original);
  });

  test('opens what is sealed in it, and lets everybody log in', async () => {
    expect(await secretOf(copy.id)).toBe('a secret');
    const login = { email: clinic.admin.email, password: PASSWORD };
    const at = { 'X-Tenant-Subdomain': subdomain };
    const { tokens } = expectStatus(await server.api.post('/auth/login', login, at), 200).body;
    const bearer = { Authorization: `Bearer ${tokens.accessToken}` };
    const { body } = expectStatus(await server.api.get('/appointments', bearer), 200);
    expect(body.data.map(({ id }: { id: string }) => id)).toContain(clinic.ids['appointment']);
    await noteCopy(server.config, 'imported', copy);
    const [noted] = expectStatus(await server.api.get('/audit-logs?action=tenant.imported', bearer), 200).body
      .data;
    expect(noted).toMatchObject({
      resourceId: copy.id,
      changes: { rows: copy.rows },
      userAgent: 'npm run tenant:import',
    });
    const trail = expectStatus(await server.api.get('/audit-logs/verify', bearer), 200).body;
    expect(trail).toMatchObject({ valid: true, fault: null });
    expectCode(
      await server.api.get('/appointments', { ...bearer, 'X-Tenant-ID': clinic.tenantId }),
      'tenant_mismatch',
    );
  });

  test('holds nobody’s session, key or secret address', async () => {
    for (const name of LEFT) {
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT 1 FROM ${quoted(name)} WHERE tenant_id = ? LIMIT 1`,
        [bin(copy.id)],
      );
      // The copy has been logged in to since.
      if (!['sessions', 'outbox', 'event_sequences', 'inbox'].includes(name)) expect(rows).toEqual([]);
    }
  });

  test('is refused while its subdomain is taken, and leaves nothing', async () => {
    const before = await tenants();
    await expect(importFrom(file)).rejects.toThrow(/subdomain already.*--subdomain/);
    expect(await tenants()).toBe(before);
  });
});

test('an export under a name that nobody has is refused, and makes no file', async () => {
  const out = join(folder, 'nobody.gz');
  await expect(exportTo(out, 'nobody-here')).rejects.toThrow('There is no clinic "nobody-here"');
  expect(() => statSync(out)).toThrow();
  expect(() => statSync(`${out}.part`)).toThrow();
});

test('a file is for its owner’s eyes only', () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

describe('a file that is not whole, or not ours, is refused and changes nothing', () => {
  const lines = () => gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const packed = (changed: string[]) => gzipSync(`${changed.join('\n')}\n`);
  const header = (changes: object) => {
    const [first = '', ...rest] = lines();
    return packed([JSON.stringify({ ...JSON.parse(first), ...changes }), ...rest]);
  };
  const DAMAGED = /damaged or incomplete/;
  const FOREIGN = /no file of npm run tenant:export/;

  test.each<[string, () => Buffer, RegExp]>([
    ['empty', () => Buffer.of(), /empty|damaged|no file/],
    ['text', () => Buffer.from('hello'), FOREIGN],
    ['other JSON', () => gzipSync('{"a":1}\n'), FOREIGN],
    ['an image', () => Buffer.from('89504e470d0a1a0a', 'hex'), FOREIGN],
    ['cut off', () => readFileSync(file).subarray(0, -100), DAMAGED],
    ['cut in half', () => readFileSync(file).subarray(0, readFileSync(file).length / 2), DAMAGED],
    ['without its last rows', () => packed([...lines().slice(0, -5), lines().at(-1) ?? '']), DAMAGED],
    ['without its trailer', () => packed(lines().slice(0, -1)), DAMAGED],
    ['with a row twice', () => packed([...lines().slice(0, 9), ...lines().slice(8)]), DAMAGED],
    ['changed in one value', () => packed(lines().map((line) => line.replace('Ada', 'Eve'))), DAMAGED],
    [
      'with its rows in another order',
      () => packed([lines()[0] ?? '', ...lines().slice(1, -1).reverse(), lines().at(-1) ?? '']),
      DAMAGED,
    ],
    ['of a newer format', () => header({ version: 2 }), FOREIGN],
    [
      'of another version of the product',
      () => header({ schema: ['0001_other.sql'] }),
      /another version of this product.*0001_other/,
    ],
    ['of other tables', () => header({ tables: [] }), /tables in the file are not those/],
  ])('%s', async (_what, content, message) => {
    const broken = join(folder, `${newId()}.gz`);
    writeFileSync(broken, content());
    const before = await tenants();
    await expect(importFrom(broken, `copy-${newId().slice(-12)}`)).rejects.toThrow(message);
    expect(await tenants()).toBe(before);
  });

  test('one that is not there', async () => {
    await expect(importFrom(join(folder, 'none.gz'))).rejects.toThrow(/cannot be read/);
  });

  test('encrypted under a master key that this installation does not have', async () => {
    const before = await tenants();
    const other = [{ id: 'default', key: Buffer.alloc(32, 1) }] as const;
    await expect(importFrom(file, 'somewhere-else', other)).rejects.toThrow(/not the one under which/);
    expect(await tenants()).toBe(before);
  });
});

test('a clinic that was deleted comes back as it was, under its own id', async () => {
  const before = await contentsOf(clinic.tenantId);
  await eraseTenant(server.config.database, clinic.tenantId);
  for (const [name, rows] of Object.entries(await contentsOf(clinic.tenantId)))
    expect([name, rows]).toEqual([name, []]);
  const back = await importFrom(file);
  expect(back).toMatchObject({ id: clinic.tenantId, subdomain: clinic.subdomain });
  expect(await contentsOf(clinic.tenantId)).toEqual(before);
  expect(await secretOf(clinic.tenantId)).toBe('a secret');
});

test('a clinic gets another id while files are removed of one that had its own, so that its files stay', async () => {
  await eraseTenant(server.config.database, clinic.tenantId);
  await connection.query(
    'INSERT INTO folder_removals (tenant_id, folder, next_at, last_look_at) VALUES (?, ?, "2999-01-01", "2999-01-01")',
    [bin(PLATFORM), bin(clinic.tenantId)],
  );
  const back = await importFrom(file);
  await connection.query('DELETE FROM folder_removals WHERE folder = ?', [bin(clinic.tenantId)]);
  expect(back.id).not.toBe(clinic.tenantId);
  expect(await secretOf(back.id)).toBe('a secret');
});

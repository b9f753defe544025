import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import { connectionOptions } from '../connection-options.ts';
import { listTablesOf } from '../service-tables.ts';
import { bin } from '../sql.ts';
import { takeOver } from '../take-over.ts';
import { createScratchDatabase, type ScratchDatabase } from './scratch-database.ts';
import { migrateTestDatabase, testConfig } from './test-database.ts';

const config = testConfig();
const core = config.database.name;
const settings = {
  SERVICES: 'analytics,medical-notes',
  SERVICE_URLS: 'core=http://127.0.0.1:9',
  SERVICE_TOKEN_SECRET: 's'.repeat(32),
};

const [tenant, event] = [bin(newId()), bin(newId())];
let own: ScratchDatabase;
beforeAll(async () => {
  await migrateTestDatabase(config);
  own = await createScratchDatabase();
});
afterAll(async () => {
  // A key that nobody can open would keep servers from starting on this database.
  for (const table of ['tenant_keys', 'inbox', 'analytics_tenants', 'tenants'])
    await query(`DELETE FROM ${table} WHERE tenant_id = ?`, [tenant]);
  await own.drop();
});

const migrate = async (name: string, ...args: string[]): Promise<string> => {
  const env = { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: '', ...settings, DB_NAME: name };
  const command = ['--import', 'tsx', 'src/database/migrate.ts', ...args];
  return promisify(execFile)(process.execPath, command, { env }).then(
    ({ stdout }) => stdout,
    (failure: unknown) => (failure as { stderr: string }).stderr,
  );
};
const query = async <Row extends RowDataPacket>(statement: string, values: (string | Buffer)[] = []) => {
  const connection = await createConnection({ ...connectionOptions(own.config), database: core });
  try {
    return (await connection.query<Row[]>(statement, values))[0];
  } finally {
    await connection.end();
  }
};

test('the database of a service loses the foreign keys that lead elsewhere, and takes over what its domains had', async () => {
  await query(
    'INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding) VALUES (?, "A", ?, "UTC", "en", "{}", "{}")',
    [tenant, `taken-${tenant.toString('hex').slice(-12)}`],
  );
  await query('INSERT INTO analytics_tenants (tenant_id, timezone) VALUES (?, "UTC")', [tenant]);
  for (const consumer of ['analytics', 'webhooks'])
    await query('INSERT INTO inbox (tenant_id, consumer, event_id) VALUES (?, ?, ?)', [
      tenant,
      consumer,
      event,
    ]);

  await query(
    'INSERT INTO tenant_keys (tenant_id, id, master_key_id, wrapped, status, created_at) VALUES (?, ?, "m", "w", "active", NOW(3))',
    [tenant, event],
  );

  expect(await migrate(core)).toContain("holds clinics, so it is the core's");
  const said = await migrate(own.config.name, '--take-from', core);
  expect(said).toContain('dropped    fk_audit_logs_tenant of audit_logs: tenants is in another database');
  expect(said).toContain(
    'dropped    fk_medical_notes_patient of medical_notes: patients is in another database',
  );
  expect(said).not.toContain('fk_medical_notes_addendum');
  expect(said).toMatch(/^taken {6}analytics_tenants: \d+ rows$/m);
  const place = `\`${own.config.name}\``;
  const taken = await query(
    `SELECT i.consumer, k.master_key_id AS masterKey FROM ${place}.inbox i
     JOIN ${place}.analytics_tenants USING (tenant_id) JOIN ${place}.tenant_keys k USING (tenant_id) WHERE tenant_id = ?`,
    [tenant],
  );
  expect(taken).toEqual([{ consumer: 'analytics', masterKey: 'm' }]);
  const run = new Set(['analytics'] as const);
  await expect(takeOver(own.config, run, core)).rejects.toThrow('has rows already');
  expect(await listTablesOf(own.config, run)).toContain('analytics_events');
});

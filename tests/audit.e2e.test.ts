import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { connectionOptions } from '../src/database/connection-options.ts';
import { bin } from '../src/database/sql.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { AnchorError, anchorKeysOf, createAuditOffice, readAnchor } from '../src/domains/audit/index.ts';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectCode, expectStatus, PASSWORD } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let owner: Connection;
let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  server = await startTestServer({ auditSealMs: 20 });
  const config = server.config.database;
  owner = await createConnection({ ...connectionOptions(config), database: config.name });
  database = await testDatabase();
});
afterAll(async () => {
  await Promise.all([owner.end(), database.close()]);
  await server.stop();
});

const run = async (statement: string, values: unknown[]) => {
  await owner.query(statement, values);
};
/** As somebody does who owns the database and wants to leave no trace. */
const tamper = async (statement: string, values: unknown[]) => {
  await run('SET foreign_key_checks = 0', []);
  try {
    await run(statement, values);
  } finally {
    await run('SET foreign_key_checks = 1', []);
  }
};

const verify = async (clinic: Clinic) =>
  expectStatus(await clinic.admin.api.get('/audit-logs/verify'), 200).body;
/** The trail once everything in it is sealed. */
const sealed = (clinic: Clinic) =>
  until(async () => {
    const found = await verify(clinic);
    return found.unsealedRows === 0 && found.batches > 0 ? found : undefined;
  });
const logs = async (clinic: Clinic, query = '') =>
  expectStatus(await clinic.admin.api.get(`/audit-logs?limit=100${query}`), 200).body.data as any[];

/** A clinic in whose trail there are some batches, the first of them about the sign-up. */
const aClinicWithHistory = async () => {
  const clinic = await aClinic(server);
  await sealed(clinic);
  for (const name of ['One', 'Two']) {
    expectStatus(
      await clinic.admin.api.post('/locations', { name, address: 'A street', timezone: 'Europe/Berlin' }),
      201,
    );
    await sealed(clinic);
  }
  expect(await verify(clinic)).toMatchObject({ valid: true, fault: null });
  return clinic;
};

/** Whatever was read a moment earlier may not have been sealed then. */
const unsealed = (row: object) => ({ ...row, batch: null });

const download = (clinic: Clinic, accept: string, query = '') =>
  fetch(`${server.url}/api/v1/audit-logs${query}`, {
    headers: { Authorization: `Bearer ${clinic.admin.token}`, Accept: accept },
  });

describe('GET /audit-logs', () => {
  test('tells who did what, in what role, from where and by which request', async () => {
    const clinic = await aClinic(server);
    const requestId = `request-${newId()}`;
    const { body: service } = expectStatus(
      await clinic.admin.api.post(
        '/services',
        { name: 'Check-up', durationMinutes: 30 },
        {
          'X-Request-ID': requestId,
          'User-Agent': 'a program',
        },
      ),
      201,
    );
    const [row] = await logs(clinic, `&resourceType=service&resourceId=${service.id}`);
    expect(row).toMatchObject({
      occurredAt: server.clock.now().toISOString(),
      actorId: clinic.admin.userId,
      actorName: 'Kim Example',
      actorRole: 'tenant_admin',
      onBehalfOf: null,
      apiKeyId: null,
      action: 'service.created',
      changes: { name: 'Check-up', durationMinutes: 30 },
      address: expect.stringContaining('127.0.0.1'),
      userAgent: 'a program',
      requestId,
    });
  });

  test('has logins and failed ones, also those of accounts that are not there, and never what was typed', async () => {
    const clinic = await aClinic(server);
    await clinic.anyone.post('/auth/login', { email: clinic.admin.email, password: 'wrong password' });
    await clinic.anyone.post('/auth/login', { email: 'nobody@example.org', password: 'wrong password' });
    await clinic.anyone.post('/auth/login', { email: clinic.admin.email, password: PASSWORD });
    const failed = await until(async () => {
      const found = await logs(clinic, '&action=user.login_failed');
      return found.length === 2 ? found : undefined;
    });
    expect(failed.map(({ resourceId }) => resourceId).sort()).toEqual([clinic.admin.userId, null].sort());
    expect(JSON.stringify(failed)).not.toMatch(/wrong password|nobody@/);
    expect(await logs(clinic, `&action=user.logged_in&actorId=${clinic.admin.userId}`)).toHaveLength(1);
  });

  test('says for whom a guardian acted', async () => {
    const clinic = await aClinic(server);
    const [guardian, child] = [await clinic.patient(), await clinic.patient()];
    const relation = { guardianId: guardian.patientId };
    expectStatus(await clinic.admin.api.post(`/patients/${child.patientId}/guardians`, relation), 201);
    expectStatus(await guardian.api.get(`/patients/${child.patientId}/medical-info`), 200);
    const serviceId = await clinic.service();
    const visit = {
      doctorId: await clinic.doctor([serviceId]),
      serviceId,
      patientId: child.patientId,
      startsAt: '2027-03-22T08:00:00Z',
    };
    const { body: booked } = expectStatus(await guardian.api.post('/appointments', visit), 201);
    const changed = await guardian.api.put(`/appointments/${booked.id}`, { reason: 'A secret' });
    expectStatus(changed, 200);
    for (const action of ['patient.medical_info_viewed', 'appointment.booked', 'appointment.updated']) {
      const [row] = await logs(clinic, `&action=${action}`);
      expect(row).toMatchObject({ actorId: guardian.userId, onBehalfOf: child.patientId });
    }
    const [update] = await logs(clinic, '&action=appointment.updated');
    expect(update.changes.fields).toEqual(['reason']);
    expect(JSON.stringify(update)).not.toContain('A secret');
  });

  test('pages through everything once, the newest first, and finds by time', async () => {
    const clinic = await aClinic(server);
    server.clock.set('2027-03-15T08:10:00Z');
    for (let i = 0; i < 5; i++) await clinic.service();
    await sealed(clinic);
    const whole = await logs(clinic);
    const paged: any[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: any = expectStatus(
        await clinic.admin.api.get(`/audit-logs?limit=2${cursor && `&cursor=${cursor}`}`),
        200,
      );
      paged.push(...body.data);
      cursor = body.nextCursor;
    }
    expect(paged).toEqual(whole);
    const times = whole.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(await logs(clinic, '&from=2027-03-15T08:10:00Z')).toHaveLength(5);
    expect(await logs(clinic, '&to=2027-03-15T08:10:00Z')).toHaveLength(whole.length - 5);
    expectCode(
      await clinic.admin.api.get('/audit-logs?from=2027-03-15T08:10:00Z&to=2027-03-15T08:10:00Z'),
      'validation_failed',
    );
  });

  test('is exported as CSV and NDJSON, whole, without formulas, and not unseen', async () => {
    const clinic = await aClinic(server);
    await clinic.admin.api.post(
      '/services',
      { name: 'Check-up', durationMinutes: 30 },
      {
        'User-Agent': '=HYPERLINK("http://evil.example")',
      },
    );
    const all = await logs(clinic);

    const csv = await download(clinic, 'text/csv', '?limit=1');
    expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(csv.headers.get('content-disposition')).toContain('audit-2027-03-15.csv');
    const lines = (await csv.text()).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^id,occurredAt,actorId,actorName/);
    expect(lines).toHaveLength(1 + all.length + 1);
    expect(lines.join('\n')).toContain(`"'=HYPERLINK(`);

    const ndjson = await download(clinic, 'application/x-ndjson', '?action=service.created');
    const rows = (await ndjson.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(unsealed)).toEqual(
      all.filter(({ action }) => action === 'service.created').map(unsealed),
    );
    const exports = await logs(clinic, '&action=audit_log.exported');
    expect(exports.map(({ changes }) => changes.format)).toEqual(['ndjson', 'csv']);
  });
});

describe('the database', () => {
  test('refuses to change or remove what is sealed', async () => {
    const clinic = await aClinicWithHistory();
    const { tenantId } = clinic;
    for (const statement of [
      'UPDATE audit_logs SET action = "nothing.done" WHERE tenant_id = ? LIMIT 1',
      'UPDATE audit_logs SET changes = NULL WHERE tenant_id = ? AND changes IS NOT NULL LIMIT 1',
      'UPDATE audit_logs SET batch = NULL WHERE tenant_id = ? LIMIT 1',
      'DELETE FROM audit_logs WHERE tenant_id = ? LIMIT 1',
      'UPDATE audit_pins SET batch = 99 WHERE tenant_id = ? LIMIT 1',
      'DELETE FROM audit_batches WHERE tenant_id = ? AND number = 1',
    ])
      await expect(run(statement, [bin(tenantId)])).rejects.toThrow(/foreign key constraint fails/);
    expect(await verify(clinic)).toMatchObject({ valid: true });
  });
});

describe('an anchor', () => {
  const office = () =>
    createAuditOffice({ database: database.database, config: server.config, clock: server.clock });
  const read = (text: string) => readAnchor(text, anchorKeysOf(server.config.masterKeys));

  test('catches who makes the whole chain anew, which the chain alone cannot tell', async () => {
    const clinic = await aClinicWithHistory();
    const { tenantId } = clinic;
    const text = JSON.stringify(await office().anchor([tenantId]));
    await clinic.service();
    await sealed(clinic);
    expect(await office().verify(tenantId, [read(text)])).toMatchObject({ valid: true });

    await tamper('DELETE FROM audit_pins WHERE tenant_id = ?', [bin(tenantId)]);
    await tamper('DELETE FROM audit_batches WHERE tenant_id = ?', [bin(tenantId)]);
    await tamper('UPDATE audit_logs SET actor_id = NULL, mark = NULL, batch = NULL WHERE tenant_id = ?', [
      bin(tenantId),
    ]);
    await until(async () => (await verify(clinic)).unsealedRows === 0);
    expect(await verify(clinic)).toMatchObject({ valid: true });
    expect(await office().verify(tenantId, [read(text)])).toMatchObject({
      valid: false,
      fault: { kind: 'not_as_anchored' },
    });

    const file = join(mkdtempSync(join(tmpdir(), 'anchor-')), 'anchor.json');
    writeFileSync(file, text);
    const { database: db, masterKeys } = server.config;
    const args = ['--import', 'tsx', 'src/command-line/audit-verify.ts', '--tenant', tenantId, '--anchor', file];
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_ENV: 'test',
      DB_HOST: db.host,
      DB_PORT: String(db.port),
      DB_NAME: db.name,
      DB_USER: db.user,
      DB_PASSWORD: db.password,
      MASTER_KEY: masterKeys[0].key.toString('base64'),
    };
    const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^BROKEN .* batch \d+: not_as_anchored/)]);
  });

  test('is worth nothing once it was changed, or where somebody else has signed it', async () => {
    const clinic = await aClinicWithHistory();
    const anchor = await office().anchor([clinic.tenantId]);
    const changed = { ...anchor, heads: [{ ...anchor.heads[0], batch: 1 }] };
    expect(() => read(JSON.stringify(changed))).toThrow(AnchorError);
    expect(() => readAnchor(JSON.stringify(anchor), [])).toThrow(/does not have/);
    expect(() => read('{}')).toThrow(AnchorError);
  });

  test('names what was cut off at the end', async () => {
    const clinic = await aClinicWithHistory();
    const { tenantId } = clinic;
    const anchor = await office().anchor([tenantId]);
    const last = anchor.heads[0]?.batch;
    for (const table of ['audit_pins', 'audit_logs'])
      await tamper(`DELETE FROM ${table} WHERE tenant_id = ? AND batch = ?`, [bin(tenantId), last]);
    await tamper('DELETE FROM audit_batches WHERE tenant_id = ? AND number = ?', [bin(tenantId), last]);
    expect(await verify(clinic)).toMatchObject({ valid: true });
    const { fault } = await office().verify(tenantId, [anchor]);
    expect(fault).toMatchObject({ batch: last, kind: 'not_as_anchored' });
  });
});

describe('GET /audit-logs/verify', () => {
  test('is whole while many write and several seal at once', async () => {
    const clinic = await aClinic(server);
    await Promise.all(Array.from({ length: 40 }, () => clinic.service()));
    const { valid, rows } = await sealed(clinic);
    expect([valid, rows]).toEqual([true, (await logs(clinic)).length]);
  });

  test.each<[string, string, (clinic: Clinic) => Promise<void>]>([
    [
      'a row that was changed',
      'row_changed',
      ({ tenantId }) =>
        tamper('UPDATE audit_logs SET actor_id = NULL WHERE tenant_id = ? AND batch = 2 LIMIT 1', [
          bin(tenantId),
        ]),
    ],
    [
      'a row that was removed',
      'row_removed',
      ({ tenantId }) =>
        tamper('DELETE FROM audit_logs WHERE tenant_id = ? AND batch = 2 LIMIT 1', [bin(tenantId)]),
    ],
    [
      'a row that was put in',
      'row_put_in',
      ({ tenantId }) =>
        tamper(
          `INSERT INTO audit_logs (tenant_id, id, occurred_at, action, resource_type, address, user_agent, request_id, batch)
           VALUES (?, ?, '2027-03-15 08:00:00', 'user.logged_in', 'user', '', '', '', 2)`,
          [bin(tenantId), bin(newId())],
        ),
    ],
    [
      'a batch that was removed with its rows',
      'batch_removed',
      async ({ tenantId }) => {
        await tamper('DELETE FROM audit_logs WHERE tenant_id = ? AND batch = 2', [bin(tenantId)]);
        await tamper('DELETE FROM audit_batches WHERE tenant_id = ? AND number = 2', [bin(tenantId)]);
      },
    ],
    [
      'a batch that says something else',
      'batch_changed',
      ({ tenantId }) =>
        tamper('UPDATE audit_batches SET row_count = 7 WHERE tenant_id = ? AND number = 2', [bin(tenantId)]),
    ],
  ])('names the batch of %s', async (_what, kind, change) => {
    const clinic = await aClinicWithHistory();
    await change(clinic);
    expect(await verify(clinic)).toMatchObject({ valid: false, fault: { batch: 2, kind } });
  });

  test.each(['before it is sealed', 'after it was sealed'])(
    'tells a row that the application did not write, %s',
    async (when) => {
      const clinic = await aClinicWithHistory();
      const { head } = await verify(clinic);
      await run(
        `INSERT INTO audit_logs (tenant_id, id, occurred_at, action, resource_type, address, user_agent, request_id, mark)
         VALUES (?, ?, '2027-03-15 08:00:00', 'user.logged_in', 'user', '', '', '', ?)`,
        [bin(clinic.tenantId), bin(newId()), when.startsWith('after') ? null : Buffer.alloc(32)],
      );
      if (when.startsWith('after')) await sealed(clinic);
      expect(await verify(clinic)).toMatchObject({
        valid: false,
        fault: { batch: Number(head.batch) + 1, kind: 'row_put_in' },
      });
    },
  );

  test('says nothing of other clinics', async () => {
    const [clinic, other] = [await aClinicWithHistory(), await aClinicWithHistory()];
    await tamper('DELETE FROM audit_logs WHERE tenant_id = ? LIMIT 1', [bin(other.tenantId)]);
    expect(await verify(clinic)).toMatchObject({ valid: true });
    const ours = new Set((await logs(clinic)).map(({ id }) => id));
    expect((await logs(other)).some(({ id }) => ours.has(id))).toBe(false);
  });
});

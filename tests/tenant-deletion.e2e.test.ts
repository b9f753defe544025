import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDomains } from '../src/composition/domains.ts';
import { bin, sql } from '../src/database/sql.ts';
import { listTenantTables, quoted } from '../src/database/tenant-tables.ts';
import { connectionOptions } from '../src/database/connection-options.ts';
import { createInfrastructure } from '../src/infrastructure.ts';
import { PLATFORM } from '../src/shared/types/id.ts';
import { createLogger } from '../src/shared/utils/logger.ts';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, expectCode, expectStatus } from './support/clinic.ts';
import { aFurnishedClinic } from './support/furnished-clinic.ts';
import { anOperator } from './support/operator.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const rowsOf = async (tenantId: string): Promise<string[]> => {
  const { database } = server.config;
  const connection = await createConnection({ ...connectionOptions(database), database: database.name });
  const found: string[] = [];
  for (const { name } of await listTenantTables(connection)) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT 1 FROM ${quoted(name)} WHERE tenant_id = ? LIMIT 1`,
      [bin(tenantId)],
    );
    if (rows.length > 0) found.push(name);
  }
  await connection.end();
  return found;
};

test('a clinic goes for good when its time is over, with every row, and nobody else’s', async () => {
  const operator = await anOperator(server);
  const [leaving, back, staying] = [
    await aFurnishedClinic(server),
    await aClinic(server),
    await aClinic(server),
  ];
  const path = (tenantId: string) => `/platform/tenants/${tenantId}`;
  for (const { tenantId } of [leaving, back]) expectStatus(await operator.api.delete(path(tenantId)), 200);
  const infrastructure = createInfrastructure(server.config, createLogger(server.config), server.clock);
  const { tenantDeletion } = createDomains(infrastructure);

  server.clock.set('2027-04-14T07:59:59Z');
  await tenantDeletion.deleteDue();
  const early = await anOperator(server);
  expectStatus(await early.api.get(path(leaving.tenantId)), 200);
  expectStatus(await early.api.post(`${path(back.tenantId)}/activate`), 200);

  server.clock.set('2027-04-14T08:00:00Z');
  const late = await anOperator(server);
  // One process has begun, and was stopped.
  const { database } = infrastructure;
  await database.read(leaving.tenantId).run(sql`
    UPDATE tenants SET status = 'deleting' WHERE tenant_id = ${bin(leaving.tenantId)}`);
  for (const verb of ['suspend', 'activate'])
    expectCode(await late.api.post(`${path(leaving.tenantId)}/${verb}`), 'tenant_being_deleted');
  expectCode(await late.api.patch(path(leaving.tenantId), { plan: {} }), 'tenant_being_deleted');
  expectCode(await late.api.delete(path(leaving.tenantId)), 'tenant_being_deleted');

  await tenantDeletion.deleteDue();
  // A consumer may still note an event that was on its way; such notes go with their age.
  const left = await rowsOf(leaving.tenantId);
  expect(left.filter((table) => table !== 'inbox')).toEqual([]);
  expectCode(await late.api.get(path(leaving.tenantId)), 'tenant_not_found');
  for (const { tenantId } of [back, staying]) {
    expectStatus(await late.api.get(path(tenantId)), 200);
    expect(await rowsOf(tenantId)).toContain('users');
  }
  const [trace] = await database.read(PLATFORM).many<{ action: string }>(sql`
    SELECT action FROM audit_logs
    WHERE tenant_id = ${bin(PLATFORM)} AND resource_id = ${bin(leaving.tenantId)} ORDER BY id DESC`);
  expect(trace?.action).toBe('tenant.deleted');
  await infrastructure.close();
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import type { Database } from '../db.ts';
import { readSchema, type Table } from '../read-schema.ts';
import { bin, sql } from '../sql.ts';
import { testDatabase } from './test-database.ts';

/** Keys that bind over all tenants on purpose, and why. */
const ACROSS_TENANTS: Readonly<Record<string, string>> = {
  uq_tenants_subdomain: 'a subdomain names one tenant',
  uq_tenant_domains_verified: 'a verified hostname names one tenant',
};

let database: Database;
let close: () => Promise<void>;
let tables: readonly Table[];
beforeAll(async () => {
  ({ database, close } = await testDatabase());
  tables = [...(await readSchema(database.system)).values()].filter(
    ({ name }) => name !== 'schema_migrations',
  );
});
afterAll(() => close());

describe('the schema', () => {
  test('gives every table the tenant that each of its rows belongs to', () => {
    expect(tables.length).toBeGreaterThan(20);
    for (const { name, columns } of tables) {
      const tenant = columns.find((column) => column.name === 'tenant_id');
      expect([name, tenant]).toMatchObject([name, { type: 'binary(16)', nullable: false }]);
    }
  });

  test('begins every primary and unique key with the tenant, except those with a reason', () => {
    const keys = tables.flatMap((table) =>
      table.keys.filter(({ kind }) => kind === 'primary' || kind === 'unique'),
    );
    const faults = keys.filter(
      ({ name, columns }) => columns[0] !== 'tenant_id' && !(name in ACROSS_TENANTS),
    );
    expect(faults).toEqual([]);
    const names = new Set(keys.map(({ name }) => name));
    expect(Object.keys(ACROSS_TENANTS).filter((name) => !names.has(name))).toEqual([]);
  });

  test('lets no row refer to a row of another tenant: every foreign key carries the tenant', () => {
    const foreignKeys = tables.flatMap((table) => table.foreignKeys);
    expect(foreignKeys.length).toBeGreaterThan(20);
    for (const { name, columns, parentColumns } of foreignKeys) {
      expect([name, columns[0], parentColumns[0]]).toEqual([name, 'tenant_id', 'tenant_id']);
    }
  });
});

describe('a row written by hand', () => {
  const aTenant = async () => {
    const [tenantId, locationId] = [newId(), newId()];
    await database.system.run(sql`
      INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding)
      VALUES (${bin(tenantId)}, 'A Clinic', ${`t-${tenantId}`}, 'UTC', 'en', '{}', '{}')`);
    await database.system.run(sql`
      INSERT INTO locations (tenant_id, id, name, address, timezone)
      VALUES (${bin(tenantId)}, ${bin(locationId)}, 'Main Street', 'Main Street 1', 'UTC')`);
    return { tenantId, locationId };
  };
  const addRoom = (tenantId: string, locationId: string) =>
    database.system.run(sql`
      INSERT INTO rooms (tenant_id, id, name, location_id)
      VALUES (${bin(tenantId)}, ${bin(newId())}, 'Room 1', ${bin(locationId)})`);

  test('is refused by the database where it refers to a row of another tenant', async () => {
    const [ours, theirs] = [await aTenant(), await aTenant()];
    await expect(addRoom(ours.tenantId, theirs.locationId)).rejects.toThrow(/foreign key constraint/);
    expect(await addRoom(ours.tenantId, ours.locationId)).toMatchObject({ affectedRows: 1 });
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import type { Database, Tx } from '../db.ts';
import { changesSchedules } from '../versions.ts';
import { bin, sql } from '../sql.ts';
import { testDatabase } from './test-database.ts';

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await testDatabase());
});
afterAll(() => close());

const aTenant = async () => {
  const tenantId = newId();
  await database.system.run(sql`
    INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding)
    VALUES (${bin(tenantId)}, 'A Clinic', ${`t-${tenantId}`}, 'UTC', 'en', '{}', '{}')`);
  return tenantId;
};
const versionOf = async (tenantId: string) => {
  const db = database.read(tenantId);
  const row = await db.one<{ version: string }>(
    sql`SELECT version FROM schedule_versions WHERE tenant_id = ${db.tenant}`,
  );
  return row?.version;
};
const addLocation = (tx: Tx) =>
  tx.run(sql`
    INSERT INTO locations (tenant_id, id, name, address, timezone)
    VALUES (${tx.tenant}, ${bin(newId())}, 'Here', 'There', 'UTC')`);

test('a change of what schedules are made of renews their version at its commit, and remembers nothing before', async () => {
  const tenantId = await aTenant();
  const versions = [await versionOf(tenantId)];
  for (let change = 0; change < 2; change++) {
    const mayRemember = await database.transaction({ tenantId }, async (tx) => {
      const before = tx.mayRemember();
      await addLocation(tx);
      return [before, tx.mayRemember()];
    });
    expect(mayRemember).toEqual([true, false]);
    versions.push(await versionOf(tenantId));
  }
  expect(new Set(versions).size).toBe(3);
});

test('what is undone, and what changes something else, leaves the version as it is', async () => {
  const [tenantId, other] = [await aTenant(), await aTenant()];
  await database.transaction({ tenantId }, addLocation);
  const version = await versionOf(tenantId);
  const undone = database.transaction({ tenantId }, async (tx) => {
    await addLocation(tx);
    throw new Error('no');
  });
  await undone.catch(() => undefined);
  await database.transaction({ tenantId: other }, addLocation);
  expect(await versionOf(tenantId)).toBe(version);
});

test.each([
  [sql`INSERT INTO doctors (tenant_id) VALUES (1)`, true],
  [
    sql`
    UPDATE doctor_availability SET day_of_week = 1 WHERE tenant_id = 1`,
    true,
  ],
  [sql`DELETE FROM closures WHERE tenant_id = 1`, true],
  [sql`SELECT 1 FROM doctors WHERE tenant_id = 1`, false],
  [sql`INSERT INTO appointments (tenant_id, doctor_id) VALUES (1, 1)`, false],
  [sql`UPDATE doctors_of_old SET x = 1 WHERE tenant_id = 1`, false],
])('%o is told from what it does', (statement, changes) => {
  expect(changesSchedules(statement)).toBe(changes);
});

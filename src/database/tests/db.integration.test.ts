import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import type { Database } from '../db.ts';
import { missingParentOf } from '../failures.ts';
import { createPool } from '../pool.ts';
import { bin, sql } from '../sql.ts';
import { testDatabase } from './test-database.ts';

let opened: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
beforeAll(async () => {
  opened = await testDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

const addTenant = async () => {
  const tenantId = newId();
  await database.system.run(sql`
    INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding)
    VALUES (${bin(tenantId)}, 'A', ${tenantId}, 'UTC', 'en', '{}', '{}')`);
  return tenantId;
};

const addUser = async (tenantId: string) => {
  const userId = newId();
  await database.transaction({ tenantId }, (tx) =>
    tx.run(sql`
      INSERT INTO users (tenant_id, id, email, password_hash, role, first_name, last_name)
      VALUES (${tx.tenant}, ${bin(userId)}, ${userId}, 'x', 'patient', 'A', 'B')`),
  );
  return userId;
};

describe('a handle that is bound to a tenant', () => {
  test('refuses a statement that names no tenant, also in a transaction', async () => {
    const refused = 'Statement names no tenant: SELECT 1';
    await expect(database.read(newId()).one(sql`SELECT 1`)).rejects.toThrow(refused);
    await expect(database.transaction({ tenantId: newId() }, (tx) => tx.run(sql`SELECT 1`))).rejects.toThrow(
      refused,
    );
  });

  test('is bound to an id and to nothing shorter', () => {
    expect(() => database.read('')).toThrow('Not a UUID');
  });
});

describe('the schema', () => {
  test('lets no row refer into another tenant', async () => {
    const [here, elsewhere] = [await addTenant(), await addTenant()];
    const stranger = await addUser(elsewhere);
    const begin = (tenantId: string) =>
      database.transaction({ tenantId }, (tx) =>
        tx.run(sql`
          INSERT INTO sessions (tenant_id, id, user_id, refresh_id, address, user_agent, created_at, last_seen_at, expires_at)
          VALUES (${tx.tenant}, ${bin(newId())}, ${bin(stranger)}, ${bin(newId())}, '', '', now(3), now(3), now(3))`),
      );
    expect(missingParentOf(await begin(here).catch((error: unknown) => error))).toBe('fk_sessions_user');
    expect(await begin(elsewhere)).toMatchObject({ affectedRows: 1 });
  });

  test('has tenant_id first in every primary key and in every foreign key', async () => {
    const keys = await database.system.many<{
      table: string;
      name: string;
      first: string;
      parent: string | null;
    }>(sql`
      SELECT table_name AS \`table\`, constraint_name AS name, column_name AS first, referenced_column_name AS parent
      FROM information_schema.key_column_usage
      WHERE table_schema = database() AND ordinal_position = 1 AND table_name <> 'schema_migrations'
        AND (constraint_name = 'PRIMARY' OR referenced_table_name IS NOT NULL)`);
    expect(keys.length).toBeGreaterThan(20);
    const others = keys.filter(
      ({ first, parent }) => first !== 'tenant_id' || (parent ?? first) !== 'tenant_id',
    );
    expect(others).toEqual([]);
  });
});

describe('every connection of the pool', () => {
  test('is at READ COMMITTED, in UTC, strict, and gives up waiting for a lock after 5 seconds', async () => {
    const pool = createPool({ ...opened.config.database, poolSize: 4 });
    const taken = await Promise.all(Array.from({ length: 4 }, () => pool.acquire()));
    const seen = await Promise.all(
      taken.map(async (connection) => {
        const [rows] = await connection.execute(sql`
          SHOW VARIABLES WHERE variable_name IN
            ('tx_isolation', 'transaction_isolation', 'time_zone', 'sql_mode', 'innodb_lock_wait_timeout')`);
        connection.release();
        const settings = rows as unknown as { Variable_name: string; Value: string }[];
        return Object.fromEntries(settings.map(({ Variable_name: name, Value }) => [name, Value]));
      }),
    );
    await pool.end();
    for (const {
      tx_isolation: old,
      transaction_isolation: isolation = old,
      sql_mode: mode,
      ...rest
    } of seen) {
      expect(isolation).toBe('READ-COMMITTED');
      expect(rest).toEqual({ time_zone: '+00:00', innodb_lock_wait_timeout: '5' });
      expect(mode?.split(',').sort()).toEqual([
        'ERROR_FOR_DIVISION_BY_ZERO',
        'NO_ENGINE_SUBSTITUTION',
        'NO_ZERO_DATE',
        'NO_ZERO_IN_DATE',
        'ONLY_FULL_GROUP_BY',
        'STRICT_TRANS_TABLES',
      ]);
    }
  });

  test('sees in a transaction what others have committed meanwhile', async () => {
    const tenantId = await addTenant();
    const names: (string | undefined)[] = [];
    await database.transaction({ tenantId }, async (tx) => {
      const readName = async () => {
        const row = await tx.one<{ name: string }>(
          sql`SELECT name FROM tenants WHERE tenant_id = ${tx.tenant}`,
        );
        names.push(row?.name);
      };
      await readName();
      await database.system.run(sql`UPDATE tenants SET name = 'B' WHERE tenant_id = ${tx.tenant}`);
      await readName();
    });
    expect(names).toEqual(['A', 'B']);
  });
});

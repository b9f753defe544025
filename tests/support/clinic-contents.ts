import { expect } from '@jest/globals';
import type { RowDataPacket } from 'mysql2/promise';
import { bin } from '../../src/database/sql.ts';
import { listTenantTables, quoted, type TenantTable } from '../../src/database/tenant-tables.ts';
import type { Clinic } from './clinic.ts';
import { onDatabase } from './database.ts';
import type { TestServer } from './test-server.ts';

/** What has happened is no state, and what follows from it is written a moment after it has happened. */
const NO_STATE = new Set([
  'analytics_days',
  'analytics_doctors',
  'analytics_events',
  'analytics_hours',
  'analytics_tenants',
  'analytics_visits',
  'analytics_waits',
  'analytics_working',
  'api_keys',
  'audit_archives',
  'audit_batches',
  'audit_logs',
  'audit_pins',
  'calendar_feeds',
  'event_sequences',
  'idempotency_keys',
  'inbox',
  'notification_deliveries',
  'notifications',
  'outbox',
  'reminders',
  'sessions',
  'sms_reminders',
  'tenant_locks',
  'webhook_attempts',
  'webhook_deliveries',
  'webhooks',
]);

let tables: Promise<TenantTable[]> | undefined;

/** How many rows the clinic has in each table, and a sum of what is in them. */
export const rowsOf = (server: TestServer, { tenantId }: Clinic): Promise<Record<string, string>> =>
  onDatabase(server, async (connection) => {
    tables ??= listTenantTables(connection);
    const states = (await tables).filter(({ name }) => !NO_STATE.has(name));
    const counts = states.map(({ name, columns }) => {
      const values = columns.map((column) => `COALESCE(HEX(${quoted(column.name)}), '-')`);
      return `SELECT '${name}' AS name, CONCAT(COUNT(*), ' rows, ', COALESCE(SUM(CRC32(CONCAT_WS(' ', ${values.join(', ')}))), 0)) AS content
        FROM ${quoted(name)} WHERE tenant_id = x'${bin(tenantId).toString('hex')}'`;
    });
    const [rows] = await connection.query<RowDataPacket[]>(counts.join(' UNION ALL '));
    return Object.fromEntries(rows.map(({ name, content }) => [String(name), String(content)]));
  });

export type Watch = { expectUnchanged(): Promise<void> };

/** Tells on each call whether the clinic is as it was on the call before. */
export const watch = async (server: TestServer, clinic: Clinic): Promise<Watch> => {
  let known = await rowsOf(server, clinic);
  return {
    expectUnchanged: async () => {
      const before = known;
      known = await rowsOf(server, clinic);
      expect(known).toEqual(before);
    },
  };
};

/** What differs between two equal refusals. */
export const withoutRequest = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('requestId' in body)) return body;
  return { ...body, requestId: undefined, instance: undefined };
};

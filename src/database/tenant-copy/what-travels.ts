import type { Connection, RowDataPacket } from 'mysql2/promise';
import {
  listTenantReferences,
  listTenantTables,
  type TenantReference,
  type TenantTable,
} from '../tenant-tables.ts';

/**
 * What belongs to the installation and not to the clinic: who is logged in, answers that were given, events on their way,
 * and secrets of machines, which would open the copy as well. Whatever refers to these stays behind with them.
 */
const STAYS_BEHIND = new Set([
  'sessions',
  'idempotency_keys',
  'account_links',
  'outbox',
  'event_sequences',
  'inbox',
  'api_keys',
  'calendar_feeds',
  'webhook_deliveries',
  'notification_deliveries',
  'file_removals',
  'folder_removals',
  'replica_beats',
]);

const withReferring = (
  names: ReadonlySet<string>,
  references: readonly TenantReference[],
): ReadonlySet<string> => {
  const more = references.filter(({ table, parent }) => names.has(parent) && !names.has(table));
  return more.length === 0
    ? names
    : withReferring(new Set([...names, ...more.map(({ table }) => table)]), references);
};

/** The tables that an export holds, by name, and the foreign keys between them. */
export const listWhatTravels = async (
  connection: Connection,
): Promise<{ tables: TenantTable[]; references: TenantReference[] }> => {
  const references = await listTenantReferences(connection);
  const left = withReferring(STAYS_BEHIND, references);
  const tables = (await listTenantTables(connection)).filter(({ name }) => !left.has(name));
  return { tables, references: references.filter(({ table }) => !left.has(table)) };
};

/** The migrations that have been applied. Copies fit where they are the same. */
export const listSchema = async (connection: Connection): Promise<string[]> => {
  const [rows] = await connection.query<({ name: string } & RowDataPacket)[]>(
    'SELECT name FROM schema_migrations WHERE finished_at IS NOT NULL ORDER BY name',
  );
  return rows.map(({ name }) => name);
};

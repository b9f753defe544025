import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { partedServices, type PartedService, type Service } from '../shared/config/services.ts';
import { PLATFORM } from '../shared/types/id.ts';
import { ExplainedError } from '../shared/utils/explained-error.ts';
import { connectionOptions } from './connection-options.ts';
import type { DatabaseConfig } from './pool.ts';
import { atPrimary } from './primary.ts';
import { bin } from './sql.ts';
import { quoted } from './tenant-tables.ts';

/** The tables of each domain that can be parted from the core, by how their names begin. */
const prefixes: Readonly<Record<PartedService, readonly string[]>> = {
  notifications: ['notification', 'push_subscriptions', 'reminder', 'sms_reminders', 'inbound_sms'],
  analytics: ['analytics_'],
  'medical-notes': ['medical_note', 'file_removals', 'folder_removals'],
};

/** What every process needs in its own database, whatever it runs. */
const ground = [
  'audit_',
  'event_sequences',
  'idempotency_keys',
  'inbox',
  'outbox',
  'replica_beats',
  'tenant_keys',
  'tenant_locks',
];

const begins = (table: string, names: readonly string[]) => names.some((name) => table.startsWith(name));

/** Whose a table is; `undefined`: it belongs to every database. */
export const serviceOf = (table: string): Service | undefined =>
  partedServices.find((service) => begins(table, prefixes[service])) ??
  (begins(table, ground) ? undefined : 'core');

/** A database has clinics in it although none belong there, or the other way round; the message says what to do. */
export class SchemaError extends ExplainedError {}

type Reference = { readonly name: string; readonly table: string; readonly parent: string };

const listReferences = async (connection: Connection): Promise<Reference[]> => {
  const [rows] = await connection.query<(Reference & RowDataPacket)[]>(`
    SELECT constraint_name AS name, table_name AS \`table\`, referenced_table_name AS parent
    FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()
    ORDER BY table_name, constraint_name`);
  return rows;
};

const hasClinics = async (connection: Connection): Promise<boolean> => {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT tenant_id FROM tenants WHERE tenant_id <> ? LIMIT 1',
    [bin(PLATFORM)],
  );
  return rows.length > 0;
};

const onSchema = async <T>(
  config: DatabaseConfig,
  work: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const connection = await createConnection({
    ...connectionOptions(await atPrimary(config)),
    database: config.name,
  });
  connection.on('error', () => undefined); // The statement under way reports it.
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => undefined);
  }
};

/** Refuses the database of the core for a process that does not run it: what waits there is not this process's to hand over. */
const demandOwnSchema = async (connection: Connection, { name }: DatabaseConfig): Promise<void> => {
  if (await hasClinics(connection)) {
    throw new SchemaError(
      `The database ${name} holds clinics, so it is the core's. Set DB_NAME to a database of this service's own.`,
    );
  }
};

export const checkSchema = async (config: DatabaseConfig, run: ReadonlySet<Service>): Promise<void> => {
  if (!run.has('core')) await onSchema(config, (connection) => demandOwnSchema(connection, config));
};

/**
 * Drops, in the database of a process that does not run the core, the foreign keys that refer to tables of domains which it does not
 * run: their rows are in another database. Answers what was dropped, and is done when it is done again.
 */
export const partSchema = (config: DatabaseConfig, run: ReadonlySet<Service>): Promise<Reference[]> =>
  onSchema(config, async (connection) => {
    if (run.has('core')) return [];
    await demandOwnSchema(connection, config);
    const isHere = (table: string) => {
      const service = serviceOf(table);
      return service === undefined || run.has(service);
    };
    const crossing = (await listReferences(connection)).filter(
      ({ table, parent }) => isHere(table) && !isHere(parent),
    );
    for (const { table, name } of crossing)
      await connection.query(`ALTER TABLE ${quoted(table)} DROP FOREIGN KEY ${quoted(name)}`);
    return crossing;
  });

/** The tables of the domains of `run` alone, as they are named in the database. */
export const listTablesOf = (config: DatabaseConfig, run: ReadonlySet<Service>): Promise<string[]> =>
  onSchema(config, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>(`
      SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name`);
    const names = rows.map((row) => String(row['name']));
    return names.filter((name) => {
      const service = serviceOf(name);
      return service !== undefined && run.has(service);
    });
  });

import { type Connection, createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import type { Service } from '../shared/config/services.ts';
import { connectionOptions } from './connection-options.ts';
import { type DatabaseConfig, SESSION_SETTINGS } from './pool.ts';
import { SchemaError, serviceOf } from './service-tables.ts';
import { listTenantTables, quoted, type TenantTable } from './tenant-tables.ts';

export type TakenTable = { readonly name: string; readonly rows: number };

/** What goes with the tables of a service: what it has taken in, answers to repeated requests, the keys that open what it has sealed. */
const conditionOf = ({ name }: TenantTable, run: ReadonlySet<Service>): string | undefined => {
  const service = serviceOf(name);
  if (service !== undefined) return run.has(service) ? 'TRUE' : undefined;
  if (name === 'inbox') return 'consumer IN (?)';
  if (name === 'idempotency_keys') return 'TRUE';
  return name === 'tenant_keys' && run.has('medical-notes') ? 'TRUE' : undefined;
};

const demandEmpty = async (connection: Connection, table: string): Promise<void> => {
  const [rows] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM ${quoted(table)} LIMIT 1`);
  if (rows.length > 0)
    throw new SchemaError(`The table ${table} has rows already. Empty it before taking over others.`);
};

const demandDatabase = async (connection: Connection, name: string): Promise<void> => {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    [name, 'schema_migrations'],
  );
  if (rows.length === 0) throw new SchemaError(`There is no database ${name} of this product on the server.`);
};

const take = async (connection: Connection, table: TenantTable, from: string, run: ReadonlySet<Service>) => {
  const columns = table.columns.map(({ name }) => quoted(name)).join(', ');
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `INSERT INTO ${quoted(table.name)} (${columns})
     SELECT ${columns} FROM ${quoted(from)}.${quoted(table.name)} WHERE ${conditionOf(table, run) ?? 'FALSE'}`,
    [[...run]],
  );
  return { name: table.name, rows: affectedRows };
};

/**
 * Copies what the domains of `run` have in the database `from`, on the same server, into their own: all of it or nothing. Nobody may write
 * there meanwhile, so neither those who run the domains there nor those who will run them here. What is copied stays where it was.
 */
export const takeOver = async (
  config: DatabaseConfig,
  run: ReadonlySet<Service>,
  from: string,
): Promise<TakenTable[]> => {
  if (run.has('core')) throw new SchemaError('The core takes nothing over. SERVICES must leave it out.');
  const connection = await createConnection({ ...connectionOptions(config), database: config.name });
  connection.on('error', () => undefined); // The statement under way reports it.
  try {
    await connection.query(SESSION_SETTINGS);
    await connection.query('SET SESSION foreign_key_checks = 0');
    await demandDatabase(connection, from);
    const tables = (await listTenantTables(connection)).filter(
      (table) => conditionOf(table, run) !== undefined,
    );
    for (const { name } of tables) await demandEmpty(connection, name);
    await connection.beginTransaction();
    const taken: TakenTable[] = [];
    for (const table of tables) taken.push(await take(connection, table, from, run));
    await connection.commit();
    return taken;
  } finally {
    await connection.end().catch(() => undefined);
  }
};

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Connection as StreamingConnection, createConnection } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { Id } from '../../shared/types/id.ts';
import { connectionOptions } from '../connection-options.ts';
import { type DatabaseConfig, SESSION_SETTINGS } from '../pool.ts';
import { atPrimary } from '../primary.ts';
import { bin, uuidOf } from '../sql.ts';
import { quoted, type TenantTable } from '../tenant-tables.ts';
import { createSummary, jsonLine, lineOf, newHeader, TenantCopyError } from './format.ts';
import { listSchema, listWhatTravels } from './what-travels.ts';

export type Progress = (table: string, rows: number) => void;
export type Copied = { readonly name: string; readonly subdomain: string; readonly rows: number };

/** A slow disk must not end the snapshot. */
const PATIENCE_SECONDS = 3_600;

const begin = async (connection: StreamingConnection) => {
  const promised = connection.promise();
  await promised.query(SESSION_SETTINGS);
  await promised.query(`SET SESSION net_write_timeout = ${PATIENCE_SECONDS}`);
  await promised.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await promised.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  return promised;
};

type TenantNames = { id: Buffer; name: string; subdomain: string };

/** `named` is an id or a subdomain. */
const findTenant = async (connection: StreamingConnection, named: string): Promise<TenantNames> => {
  const isId = Id.safeParse(named).success;
  const [rows] = await connection
    .promise()
    .query<(TenantNames & RowDataPacket)[]>(
      `SELECT tenant_id AS id, name, subdomain FROM tenants WHERE ${isId ? 'tenant_id' : 'subdomain'} = ?`,
      [isId ? bin(named) : named],
    );
  if (!rows[0])
    throw new TenantCopyError(`There is no clinic "${named}". Name one by its id or its subdomain.`);
  return rows[0];
};

/** The rows of one table as they are stored, one after the other, never all at once. */
async function* rowsOf(
  connection: StreamingConnection,
  { name, columns, primaryKey }: TenantTable,
  id: Buffer,
) {
  const list = columns.map((column) => quoted(column.name)).join(', ');
  const order = primaryKey.length > 0 ? `ORDER BY ${primaryKey.map(quoted).join(', ')}` : '';
  const query = connection.query({
    sql: `SELECT ${list} FROM ${quoted(name)} WHERE tenant_id = ? ${order}`,
    values: [id],
    rowsAsArray: true,
    typeCast: (field) => field.buffer(),
  });
  yield* query.stream() as AsyncIterable<(Buffer | null)[]>;
}

/**
 * Writes everything that the clinic has to a file, as it was at one moment. The file is there when it is whole, for its
 * owner's eyes only.
 */
export const exportTenant = async (
  config: DatabaseConfig,
  named: string,
  file: string,
  { now, onProgress }: { now: Date; onProgress: Progress },
): Promise<Copied & { readonly id: string }> => {
  const connection = createConnection({
    ...connectionOptions(await atPrimary(config)),
    database: config.name,
  });
  connection.on('error', () => undefined); // The statement under way reports it.
  const unfinished = `${file}.part`;
  try {
    const promised = await begin(connection);
    const tenant = await findTenant(connection, named);
    const { tables } = await listWhatTravels(promised);
    const schema = await listSchema(promised);
    let rows = 0;
    async function* lines() {
      const summary = createSummary();
      const id = uuidOf(tenant.id);
      const names = { id, name: tenant.name, subdomain: tenant.subdomain };
      const shown = tables.map(({ name, columns }) => ({ name, columns: [...columns] }));
      yield summary.add(
        jsonLine(newHeader({ exportedAt: now.toISOString(), schema, tenant: names, tables: shown })),
      );
      for (const [at, table] of tables.entries()) {
        let ofTable = 0;
        for await (const row of rowsOf(connection, table, tenant.id)) {
          yield summary.add(lineOf(at, table.columns, row));
          ofTable += 1;
        }
        rows += ofTable;
        onProgress(table.name, ofTable);
      }
      yield summary.trailer(rows);
    }
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, file);
    return { id: uuidOf(tenant.id), name: tenant.name, subdomain: tenant.subdomain, rows };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    connection.destroy();
  }
};

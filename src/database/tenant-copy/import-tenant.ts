import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { MasterKeys } from '../../shared/crypto/master-keys.ts';
import { newId, PLATFORM } from '../../shared/types/id.ts';
import { duplicateKeyOf } from '../failures.ts';
import { connectionOptions } from '../connection-options.ts';
import { type DatabaseConfig, SESSION_SETTINGS } from '../pool.ts';
import { atPrimary } from '../primary.ts';
import { bin } from '../sql.ts';
import { quoted, type TenantReference } from '../tenant-tables.ts';
import type { Copied, Progress } from './export-tenant.ts';
import { type Header, readCopy, TenantCopyError, type TenantRow, type Value } from './format.ts';
import { createKeys, createMove, type Keys } from './moved-rows.ts';
import { listSchema, listWhatTravels } from './what-travels.ts';

type Travelling = Awaited<ReturnType<typeof listWhatTravels>>;

const BATCH_ROWS = 200;
const BATCH_CHARACTERS = 1_000_000;

type Options = {
  readonly masterKeys: MasterKeys;
  /** Instead of the clinic's own. */
  readonly subdomain?: string | undefined;
  readonly onProgress: Progress;
};

const demandSameSchema = async (connection: Connection, header: Header) => {
  const here = await listSchema(connection);
  const [missing, extra] = [
    header.schema.filter((name) => !here.includes(name)),
    here.filter((name) => !header.schema.includes(name)),
  ];
  if (missing.length === 0 && extra.length === 0) return;
  throw new TenantCopyError(
    `The file comes from another version of this product. Export and import with the same version, after npm run migrate on both sides.${
      missing.length > 0 ? ` Missing here: ${missing.join(', ')}.` : ''
    }${extra.length > 0 ? ` Missing in the file: ${extra.join(', ')}.` : ''}`,
  );
};

const demandSameTables = async (connection: Connection, header: Header) => {
  const travelling = await listWhatTravels(connection);
  const { tables } = travelling;
  const shapes = (list: Header['tables']) =>
    JSON.stringify(list.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
  if (shapes(header.tables) !== shapes(tables.map(({ name, columns }) => ({ name, columns: [...columns] }))))
    throw new TenantCopyError('The tables in the file are not those of this database.');
  return travelling;
};

/**
 * The clinic's own id where it is free, so that whoever knows it still finds it. It is not while files are removed of a clinic that
 * had it before: those of the copy would go with them.
 */
const idHere = async (connection: Connection, { tenant }: Header): Promise<string> => {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT 1 FROM tenants WHERE tenant_id = ?
     UNION ALL SELECT 1 FROM folder_removals WHERE tenant_id = ? AND folder = ?`,
    [bin(tenant.id), bin(PLATFORM), bin(tenant.id)],
  );
  return rows.length === 0 ? tenant.id : newId();
};

/** Reads the whole file before anything is written: its form, its sum, and that its keys can be opened here. */
const check = async (connection: Connection, file: string, masterKeys: MasterKeys) => {
  let keys: Keys | undefined;
  let travelling: Travelling = { tables: [], references: [] };
  const header = await readCopy(
    file,
    async (read) => {
      await demandSameSchema(connection, read);
      travelling = await demandSameTables(connection, read);
      keys = createKeys(read, masterKeys);
    },
    (row) => keys?.add(row),
  );
  return { header, travelling, keys: keys ?? createKeys(header, masterKeys) };
};

type Arrival = (value: Value) => Value;

/** What a copy is not: reachable under the same names, or about to be deleted. */
const changedOnArrival = (header: Header, subdomain: string | undefined) => {
  const changes = new Map<string, Arrival>([
    ['tenants.subdomain', (value) => subdomain ?? value],
    ['tenants.delete_after', () => null],
    ['tenants.status', (value) => (value === 'deleting' ? 'suspended' : value)],
    // Its DNS decides anew where a hostname belongs.
    ['tenant_domains.verified_at', () => null],
  ]);
  return (table: number, values: readonly Value[]): Value[] => {
    const { name = '', columns = [] } = header.tables[table] ?? {};
    return values.map((value, at) => {
      const change = changes.get(`${name}.${columns[at]?.name ?? ''}`);
      return change ? change(value) : value;
    });
  };
};

const sizeOf = (values: readonly Value[]) => values.reduce((size, value) => size + (value?.length ?? 0), 0);

/** Collects rows of one table and writes them together. */
const createWriter = (connection: Connection, header: Header, onProgress: Progress) => {
  let table = -1;
  let batch: Value[][] = [];
  let size = 0;
  let written = 0;

  const flush = async () => {
    const { name = '', columns = [] } = header.tables[table] ?? {};
    if (batch.length === 0) return;
    const list = columns.map((column) => quoted(column.name)).join(', ');
    await connection.query(`INSERT INTO ${quoted(name)} (${list}) VALUES ?`, [batch]);
    written += batch.length;
    [batch, size] = [[], 0];
  };
  const finish = async () => {
    await flush();
    const name = header.tables[table]?.name;
    if (name !== undefined) onProgress(name, written);
    written = 0;
  };
  return {
    add: async (of: number, values: Value[]) => {
      if (of !== table) {
        await finish();
        table = of;
      }
      batch.push(values);
      size += sizeOf(values);
      if (batch.length >= BATCH_ROWS || size >= BATCH_CHARACTERS) await flush();
    },
    finish,
  };
};

/**
 * Hashes and marks of the audit trail are bound to the id of the clinic. Under another one its rows are those from before
 * a chain, which begins with them.
 */
const beginAuditChain = async (connection: Connection, tenantId: string): Promise<void> => {
  const id = [bin(tenantId)];
  for (const table of ['audit_pins', 'audit_batches', 'audit_archives'])
    await connection.query(`DELETE FROM ${quoted(table)} WHERE tenant_id = ?`, id);
  await connection.query('UPDATE audit_logs SET mark = NULL, batch = NULL WHERE tenant_id = ?', id);
};

/**
 * A reference may name what its parent derives: a digest of something sealed, which is sealed anew under a new id, or of JSON,
 * which another database writes in another way. Then the row follows its parent.
 */
const followDerived = async (
  connection: Connection,
  { tables, references }: Travelling,
  tenantId: string,
): Promise<void> => {
  for (const { table, columns, parent, parentColumns } of references) {
    const generated = tables.find(({ name }) => name === parent)?.generated ?? [];
    const pairs = columns.map((column, at) => ({ column, of: parentColumns[at] ?? '' }));
    const derived = pairs.filter(({ of }) => generated.includes(of));
    if (derived.length === 0) continue;
    const same = pairs.filter((pair) => !derived.includes(pair)).map(equal);
    await connection.query(
      `UPDATE ${quoted(table)} c JOIN ${quoted(parent)} p ON ${same.join(' AND ')}
       SET ${derived.map(equal).join(', ')} WHERE c.tenant_id = ?`,
      [bin(tenantId)],
    );
  }
};
const equal = ({ column, of }: { column: string; of: string }) => `c.${quoted(column)} = p.${quoted(of)}`;

/** Rows come in the order of their tables' names and not of their references; so these are looked at in the end. */
const demandWholeReferences = async (
  connection: Connection,
  references: readonly TenantReference[],
  tenantId: string,
) => {
  for (const { table, columns, parent, parentColumns } of references) {
    const same = columns.map((column, at) => `p.${quoted(parentColumns[at] ?? '')} = c.${quoted(column)}`);
    const given = columns.map((column) => `c.${quoted(column)} IS NOT NULL`);
    const [orphans] = await connection.query<RowDataPacket[]>(
      `SELECT 1 FROM ${quoted(table)} c LEFT JOIN ${quoted(parent)} p ON ${same.join(' AND ')}
       WHERE c.tenant_id = ? AND ${given.join(' AND ')} AND p.tenant_id IS NULL LIMIT 1`,
      [bin(tenantId)],
    );
    if (orphans.length > 0)
      throw new TenantCopyError(`A row of ${table} refers to one of ${parent} that is not in the file.`);
  }
};

const explained = (error: unknown, header: Header): unknown => {
  const key = duplicateKeyOf(error);
  if (key === 'uq_tenants_subdomain')
    return new TenantCopyError(
      `A clinic here has the subdomain already. Choose another one: --subdomain ${header.tenant.subdomain}-2`,
    );
  return key === undefined ? error : new TenantCopyError(`Something in the file is here already (${key}).`);
};

/**
 * Brings a clinic from a file, all of it or nothing. Throws {@link TenantCopyError} or `MasterKeyError` where the file or
 * this installation does not allow it.
 */
export const importTenant = async (
  config: DatabaseConfig,
  file: string,
  { masterKeys, subdomain, onProgress }: Options,
): Promise<Copied & { readonly id: string }> => {
  const connection = await createConnection({
    ...connectionOptions(await atPrimary(config)),
    database: config.name,
  });
  connection.on('error', () => undefined); // The statement under way reports it.
  try {
    await connection.query(SESSION_SETTINGS);
    const { header, travelling, keys } = await check(connection, file, masterKeys);
    const id = await idHere(connection, header);
    const move = createMove(header, id, keys, masterKeys);
    const arrive = changedOnArrival(header, subdomain);
    const writer = createWriter(connection, header, onProgress);
    let rows = 0;
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await connection.query('SET SESSION foreign_key_checks = 0');
    await connection.beginTransaction();
    try {
      const write = async (row: TenantRow) => {
        await writer.add(row.table, arrive(row.table, move(row)));
        rows += 1;
      };
      await readCopy(file, () => undefined, write);
      await writer.finish();
    } catch (error) {
      throw explained(error, header);
    }
    if (id !== header.tenant.id) await beginAuditChain(connection, id);
    await followDerived(connection, travelling, id);
    await demandWholeReferences(connection, travelling.references, id);
    await connection.commit();
    return { id, name: header.tenant.name, subdomain: subdomain ?? header.tenant.subdomain, rows };
  } finally {
    // What was not committed is undone with the connection.
    connection.destroy();
  }
};

import { type Connection, createConnection, type QueryValues, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/database/connection-options.ts';
import { bin } from '../../src/database/sql.ts';
import { serviceOf } from '../../src/database/service-tables.ts';
import { services } from '../../src/shared/config/services.ts';
import { until } from '../../src/shared/tests/until.ts';
import { isParted } from './parted-server.ts';
import { schemaOf } from './parted.ts';
import type { TestServer } from './test-server.ts';

/** The service whose table a statement names; what names none of a parted service is for the core. */
const serviceOfStatement = (statement: string) => {
  const tables = [...statement.matchAll(/\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+`?(\w+)/gi)].map(
    ([, name = '']) => name,
  );
  const owners = tables.map(serviceOf);
  return owners.find((owner) => owner !== undefined && owner !== 'core') ?? 'core';
};

/** Each statement goes to the database that has its table. */
const toTheirSchemas = (connection: Connection, config: TestServer['config']): Connection => {
  const query = async (statement: string, values?: QueryValues) => {
    await connection.query(`USE \`${schemaOf(serviceOfStatement(statement), config)}\``);
    return connection.query(statement, values);
  };
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'query' || name === 'execute') return query;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
};

/** A connection of its own to the server's database, for what no route shows. */
export const onDatabase = async <T>(
  { config }: Pick<TestServer, 'config'>,
  use: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const { database } = config;
  const connection = await createConnection({ ...connectionOptions(database), database: database.name });
  try {
    return await use(isParted ? toTheirSchemas(connection, config) : connection);
  } finally {
    await connection.end();
  }
};

const listUnheard = async (
  { config }: Pick<TestServer, 'config'>,
  connection: Connection,
  consumer: string,
  tenantId: string,
): Promise<number> => {
  const service = services.find((each) => each === consumer) ?? 'core';
  const inbox = isParted ? `\`${schemaOf(service, config)}\`.inbox` : 'inbox';
  const [unheard] = await connection.query<RowDataPacket[]>(
    `SELECT o.id FROM outbox o LEFT JOIN ${inbox} i
       ON i.tenant_id = o.tenant_id AND i.consumer = ? AND i.event_id = o.id
     WHERE o.tenant_id = ? AND i.event_id IS NULL LIMIT 1`,
    [consumer, bin(tenantId)],
  );
  return unheard.length;
};

/** Waits until the consumer has reacted to all that has happened in the clinic so far. */
export const untilHeardBy = (
  consumer: string,
  server: Pick<TestServer, 'config'>,
  tenantId: string,
): Promise<boolean> =>
  onDatabase(server, (connection) =>
    until(async () => (await listUnheard(server, connection, consumer, tenantId)) === 0),
  );

import { type Connection, createConnection, type QueryValues, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/database/connection-options.ts';
import { bin } from '../../src/database/sql.ts';
import { serviceOf } from '../../src/database/service-tables.ts';
import { createPlaces } from '../../src/events/redis/places.ts';
import { streamKeys } from '../../src/events/redis/stream-keys.ts';
import { until } from '../../src/shared/tests/until.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';
import { connectedSoon, createRedis } from '../../src/shared/utils/redis.ts';
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

/** The place of the last event of the clinic; nothing while one of its events has none yet. */
const findLastSequence = async (connection: Connection, tenantId: string): Promise<number | undefined> => {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT COUNT(*) AS events, COUNT(sequence) AS numbered, MAX(sequence) AS last FROM outbox WHERE tenant_id = ?',
    [bin(tenantId)],
  );
  return row?.['events'] === row?.['numbered'] ? Number(row?.['last'] ?? 0) : undefined;
};

/** Waits until the consumer is done with all that has happened in the clinic so far. */
export const untilHeardBy = async (
  consumer: string,
  server: Pick<TestServer, 'config'>,
  tenantId: string,
): Promise<void> => {
  const { config } = server;
  const redis = createRedis(config.redis, createLogger(config));
  const places = createPlaces(redis, streamKeys(config.streamPrefix).stream, consumer);
  await connectedSoon(redis);
  try {
    const last = await onDatabase(server, (connection) =>
      until(() => findLastSequence(connection, tenantId)),
    );
    await until(() => places.reached(tenantId, last));
  } finally {
    redis.disconnect();
  }
};

import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/database/connection-options.ts';
import { bin } from '../../src/database/sql.ts';
import { until } from '../../src/shared/tests/until.ts';
import type { TestServer } from './test-server.ts';

/** A connection of its own to the server's database, for what no route shows. */
export const onDatabase = async <T>(
  { config }: Pick<TestServer, 'config'>,
  use: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const { database } = config;
  const connection = await createConnection({ ...connectionOptions(database), database: database.name });
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
};

/** Waits until the consumer has reacted to all that has happened in the clinic so far. */
export const untilHeardBy = (
  consumer: string,
  server: Pick<TestServer, 'config'>,
  tenantId: string,
): Promise<boolean> =>
  onDatabase(server, (connection) =>
    until(async () => {
      const [unheard] = await connection.query<RowDataPacket[]>(
        `SELECT o.id FROM outbox o LEFT JOIN inbox i
           ON i.tenant_id = o.tenant_id AND i.consumer = ? AND i.event_id = o.id
         WHERE o.tenant_id = ? AND i.event_id IS NULL LIMIT 1`,
        [consumer, bin(tenantId)],
      );
      return unheard.length === 0;
    }),
  );

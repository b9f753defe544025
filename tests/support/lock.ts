import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/database/connection-options.ts';
import { type DatabaseConfig } from '../../src/database/pool.ts';
import { until } from '../../src/shared/tests/until.ts';

export type TableLock = {
  /** Waits until a statement of somebody else waits for the table. */
  metBySomebody(): Promise<void>;
  release(): Promise<void>;
};

/** Holds a table, so that whoever writes to it stops in the middle of what they do. */
export const lockTable = async (config: DatabaseConfig, table: string): Promise<TableLock> => {
  const connection = await createConnection({ ...connectionOptions(config), database: config.name });
  connection.on('error', () => undefined); // The test may take the server away.
  await connection.query(`LOCK TABLES ${table} WRITE`);
  const waiting = async () => {
    const [rows] = await connection.query<RowDataPacket[]>('SHOW PROCESSLIST');
    return rows.some(({ State }) => /metadata lock/i.test(String(State)));
  };
  return {
    metBySomebody: async () => {
      await until(waiting);
    },
    release: async () => {
      await connection.query('UNLOCK TABLES');
      await connection.end();
    },
  };
};

import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from './connection-options.ts';
import { type DatabaseConfig } from './pool.ts';
import { atPrimary } from './primary.ts';

const LOCK_NAME_CHARACTERS = 64;

/** Runs `work` unless another rotation of keys is under way. The lock belongs to the server and ends with the connection. Whether it ran. */
export const whileNobodyRotates = async (
  config: DatabaseConfig,
  work: () => Promise<void>,
): Promise<boolean> => {
  const connection = await createConnection({
    ...connectionOptions(await atPrimary(config)),
    database: config.name,
  });
  connection.on('error', () => undefined); // The rotation has connections of its own, and finds out by itself.
  try {
    const [[row]] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, 0) AS locked', [
      `keys:${config.name}`.slice(0, LOCK_NAME_CHARACTERS),
    ]);
    if (row?.['locked'] !== 1) return false;
    await work();
    return true;
  } finally {
    connection.destroy();
  }
};

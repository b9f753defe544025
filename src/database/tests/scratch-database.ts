import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../connection-options.ts';
import { type DatabaseConfig } from '../pool.ts';
import { testConfig } from './test-database.ts';

export type ScratchDatabase = { readonly config: DatabaseConfig; drop(): Promise<void> };

/** An empty database of its own, for a test that changes the schema. Its name has dashes, as people's names for them do. */
export const createScratchDatabase = async (): Promise<ScratchDatabase> => {
  const { database } = testConfig();
  const name = `doctor_scratch-${randomBytes(4).toString('hex')}`;
  const say = async (statement: string) => {
    const connection = await createConnection(connectionOptions(database));
    await connection.query(statement);
    await connection.end();
  };
  await say(`CREATE DATABASE \`${name}\``);
  return { config: { ...database, name }, drop: () => say(`DROP DATABASE \`${name}\``) };
};

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { parseConfig, type Config } from '../../shared/config/config.ts';
import { createAnswerSeal } from '../idempotency.ts';
import { createDatabase, type Database } from '../db.ts';
import { migrate } from '../migration-runner.ts';
import { connectionOptions } from '../connection-options.ts';
import { createPool } from '../pool.ts';
import { partSchema } from '../service-tables.ts';

/** All tests of a run come from one address. */
export const NO_RATE_LIMITS = {
  RATE_LIMIT_ADDRESS: 'all=999999999/minute',
  RATE_LIMIT_USER: 'all=999999999/minute',
  RATE_LIMIT_TENANT: 'all=999999999/minute',
};

/** The configuration of a test: the servers that `npm test` started, and this Jest worker's own database and stream. */
export const testConfig = (): Config =>
  parseConfig({
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
    DNS_SERVERS: '127.0.0.1:9', // where nobody answers
    MAIL_DIR: `.data/test/mail/${testDatabaseName()}`,
    FILES_FOLDER: join(tmpdir(), 'doctor-test-files'),
    ...NO_RATE_LIMITS,
    ...process.env,
    NODE_ENV: 'test',
    DB_NAME: testDatabaseName(),
    // Events of one database must not reach the consumers of another.
    EVENT_STREAM: testDatabaseName(),
  });

const testDatabaseName = () => `doctor_test_${process.env['JEST_WORKER_ID'] ?? '1'}`;

/** Creates and migrates this worker's database where that has not been done; tests share it, each with tenants of its own. */
export const migrateTestDatabase = async (config: Config): Promise<void> => {
  const connection = await createConnection(connectionOptions(config.database));
  await connection.query(`CREATE DATABASE IF NOT EXISTS \`${config.database.name}\``);
  await connection.end();
  await migrate(config.database);
  await partSchema(config.database, config.services.run);
};

export const testDatabase = async (): Promise<{
  database: Database;
  config: Config;
  close(): Promise<void>;
}> => {
  const config = testConfig();
  await migrateTestDatabase(config);
  const database = createDatabase(createPool(config.database), createAnswerSeal('test'));
  return { database, config, close: () => database.close() };
};

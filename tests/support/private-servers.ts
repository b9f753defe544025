import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDatabase, startRedis } from '../../scripts/servers/index.mjs';
import { testConfig } from '../../src/database/tests/test-database.ts';
import { migrate } from '../../src/database/migration-runner.ts';
import type { Config } from '../../src/shared/config/config.ts';
import { createLogger, type Logger } from '../../src/shared/utils/logger.ts';
import { startServer } from '../../src/start-server.ts';
import { createApi } from './api.ts';
import type { TestServer } from './test-server.ts';

export type PrivateServers = {
  readonly database: Awaited<ReturnType<typeof startDatabase>>;
  readonly redis: Awaited<ReturnType<typeof startRedis>>;
  /** Of a server that uses them. */
  readonly config: Config;
  remove(): Promise<void>;
};

const DATABASE = 'doctor_outage';

/** A database and a Redis for one test file, which may stop, freeze and empty them. What is committed outlives a kill. */
export const startPrivateServers = async (): Promise<PrivateServers> => {
  const folder = mkdtempSync(join(tmpdir(), 'outage-'));
  const [database, redis] = await Promise.all([
    startDatabase({
      folder: join(folder, 'database'),
      fast: true,
      templates: join('.data', 'templates'),
      databases: [DATABASE],
      options: ['--innodb-flush-log-at-trx-commit=2'],
    }),
    startRedis({ folder: join(folder, 'redis') }),
  ]);
  const base = testConfig();
  const { host, port, user, password } = database;
  const config = {
    ...base,
    database: { ...base.database, host, port, user, password, name: DATABASE },
    redis: { host: redis.host, port: redis.port, password: redis.password },
  };
  await migrate(config.database);
  return {
    database,
    redis,
    config,
    remove: async () => {
      await Promise.all([database.kill(), redis.kill()]);
      rmSync(folder, { recursive: true });
    },
  };
};

const START = Date.parse('2027-03-15T08:00:00.000Z');

/** A server in this process, as in {@link startTestServer}, but whose clock goes and whose database need not be there. */
export const serve = async (
  config: Config,
  logger: Logger = createLogger(config),
): Promise<Omit<TestServer, 'clock'>> => {
  const startedAt = performance.now();
  const clock = { now: () => new Date(START + performance.now() - startedAt) };
  const { port, shutdown } = await startServer({ ...config, port: 0 }, logger, clock);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    config,
    api: createApi(`${url}/api/v1`),
    stop: async () => {
      await shutdown.begin('The test is over');
    },
  };
};

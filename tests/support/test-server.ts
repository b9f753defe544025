import type { DestinationStream } from 'pino';
import type { Config } from '../../src/shared/config/config.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';
import { startServer } from '../../src/start-server.ts';
import { migrateTestDatabase, testConfig } from '../../src/database/tests/test-database.ts';
import { createApi, type Api } from './api.ts';
import { isParted, startPartedServer } from './parted-server.ts';

/** A Monday morning in Berlin, before a week in which nothing is out of the ordinary. */
const START = '2027-03-15T08:00:00.000Z';

export type TestClock = { now(): Date; set(instant: string): void };

const createTestClock = (): TestClock => {
  let current = new Date(START);
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = new Date(instant);
    },
  };
};

export type TestServer = { url: string; api: Api; clock: TestClock; config: Config; stop(): Promise<void> };

/** A whole server on a free port, on this worker's database; its clock stands until a test moves it. It logs to `log`. */
export const startTestServer = async (
  overrides: Partial<Config> = {},
  log?: DestinationStream,
): Promise<TestServer> => {
  const config = { ...testConfig(), port: 0, ...overrides };
  const clock = createTestClock();
  if (isParted) return startPartedServer(config, clock, log);
  await migrateTestDatabase(config);
  const { port, shutdown } = await startServer(config, createLogger(config, log), clock);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    api: createApi(`${url}/api/v1`),
    clock,
    config,
    stop: async () => {
      await shutdown.begin('The test is over');
    },
  };
};

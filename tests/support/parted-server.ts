import type { DestinationStream } from 'pino';
import { freePort } from '../../scripts/servers/ports.mjs';
import type { Config } from '../../src/shared/config/config.ts';
import { services } from '../../src/shared/config/services.ts';
import { until } from '../../src/shared/tests/until.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';
import { type RunningServer, startServer } from '../../src/start-server.ts';
import { createApi } from './api.ts';
import { findNginx, startNginx } from './nginx.ts';
import { choosePlaces, configOf, gatewayOf, migrateParted } from './parted.ts';
import type { TestClock, TestServer } from './test-server.ts';

/** Whether a server of a test is an installation of four services (`npm run test:services`). */
export const isParted = process.env['TEST_TOPOLOGY'] === 'services';

/**
 * The same server for a test, in four parts that share nothing but the clock of the test and, as services do, Redis: each with its
 * own database and pool, behind nginx with the generated configuration.
 */
export const startPartedServer = async (
  whole: Config,
  clock: TestClock,
  log?: DestinationStream,
): Promise<TestServer> => {
  const nginx = findNginx();
  if (nginx === undefined) throw new Error('Services stand behind nginx, which is not here.');
  const trustProxy = whole.trustProxy === false ? ['loopback'] : whole.trustProxy;
  const config = { ...whole, trustProxy };
  const [places, port] = [await choosePlaces(), await freePort()];
  await migrateParted(config, places);
  const running: RunningServer[] = [];
  for (const service of services) {
    const own = configOf(service, config, places);
    running.push(await startServer(own, createLogger(own, log), clock));
  }
  const gateway = startNginx(nginx, await gatewayOf(places), { HTTP_PORT: `127.0.0.1:${port}` });
  const url = `http://127.0.0.1:${port}`;
  await until(() =>
    fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url,
    api: createApi(`${url}/api/v1`),
    clock,
    config: configOf('core', config, places),
    stop: async () => {
      await Promise.all(running.map(({ shutdown }) => shutdown.begin('The test is over')));
      await gateway.stop();
    },
  };
};

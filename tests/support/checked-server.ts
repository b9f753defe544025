import type { DestinationStream } from 'pino';
import type { Config } from '../../src/shared/config/config.ts';
import { createApi, type Exchange } from './api.ts';
import { createContract } from './contract.ts';
import { apiDocument } from './route-table.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** A test server on which a call fails if its answer, whatever it is, differs from the documentation. */
export const startCheckedServer = async (
  heard: (exchange: Exchange, route: string | undefined) => void = () => undefined,
  overrides: Partial<Config> = {},
  log?: DestinationStream,
): Promise<TestServer> => {
  const server = await startTestServer(overrides, log);
  const contract = createContract(apiDocument);
  const check = (exchange: Exchange) => {
    const faults = contract.faultsOf(exchange);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    heard(exchange, contract.routeOf(exchange));
  };
  return { ...server, api: createApi(`${server.url}/api/v1`, {}, check) };
};

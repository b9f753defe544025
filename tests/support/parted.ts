import { readFileSync } from 'node:fs';
import { freePort } from '../../scripts/servers/ports.mjs';
import { gatewayConfig } from '../../src/api/gateway-config.ts';
import { createDomains } from '../../src/composition/domains.ts';
import { migrateTestDatabase, testConfig } from '../../src/database/tests/test-database.ts';
import { createInfrastructure } from '../../src/infrastructure.ts';
import type { Config } from '../../src/shared/config/config.ts';
import { type Service, services } from '../../src/shared/config/services.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';

export const SERVICE_SECRET = 'what services show each other in tests';

/** Where each service of an installation listens. */
export type Places = Readonly<Record<Service, { readonly port: number; readonly url: string }>>;

export const choosePlaces = async (): Promise<Places> => {
  const places: [Service, { port: number; url: string }][] = [];
  for (const service of services) {
    const port = await freePort();
    places.push([service, { port, url: `http://127.0.0.1:${port}` }]);
  }
  return Object.fromEntries(places) as Places;
};

const urlsOf = (places: Places) =>
  Object.fromEntries(services.map((service) => [service, places[service].url]));

/** The configuration of one service: its own database beside that of the core. */
export const configOf = (service: Service, config: Config, places: Places): Config => ({
  ...config,
  port: places[service].port,
  services: { run: new Set([service]), urls: urlsOf(places), tokenSecret: SERVICE_SECRET },
  database: { ...config.database, name: schemaOf(service, config) },
});

export const schemaOf = (service: Service, { database }: Pick<Config, 'database'>): string =>
  service === 'core' ? database.name : `${database.name}_${service.replaceAll('-', '_')}`;

/** For a test that does itself what a service does: the configuration of the process that runs it. */
export const ofService = (service: Service, config: Config): Config =>
  config.services.run.has(service)
    ? config
    : {
        ...config,
        services: { ...config.services, run: new Set([service]) },
        database: { ...config.database, name: schemaOf(service, config) },
      };

/** The same as what an operator sets. */
export const settingsOf = (service: Service, config: Config, places: Places): Record<string, string> => ({
  SERVICES: service,
  SERVICE_URLS: services.map((each) => `${each}=${places[each].url}`).join(','),
  SERVICE_TOKEN_SECRET: SERVICE_SECRET,
  DB_NAME: schemaOf(service, config),
  PORT: String(places[service].port),
});

/** Creates and migrates the database of each service. */
export const migrateParted = async (config: Config, places: Places): Promise<void> => {
  await Promise.all(services.map((service) => migrateTestDatabase(configOf(service, config, places))));
};

/** The generated configuration of nginx, without TLS; without its limits, since all tests come from one address. */
export const gatewayOf = async (places: Places): Promise<string> => {
  const config = testConfig();
  const infrastructure = createInfrastructure(config, createLogger(config));
  const { routesByService } = createDomains(infrastructure);
  await infrastructure.close();
  const template = readFileSync('ops/nginx/nginx.conf.template', 'utf8');
  return gatewayConfig(template, routesByService, { urls: urlsOf(places), isPlain: true })
    .replaceAll('rate=100r/s', 'rate=100000r/s')
    .replaceAll('limit_conn connections 200', 'limit_conn connections 10000')
    .replace('client_max_body_size 25m', 'client_max_body_size 64m')
    .replace('worker_processes auto', 'worker_processes 1');
};

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createDomains } from '../composition/domains.ts';
import { createInfrastructure } from '../infrastructure.ts';
import { ConfigError, loadConfig, parseConfig } from '../shared/config/config.ts';
import { createLogger } from '../shared/utils/logger.ts';
import { gatewayConfig } from './gateway-config.ts';

const TEMPLATE = 'ops/nginx/nginx.conf.template';
const HELP = `npm run --silent gateway > nginx.conf.template             from SERVICE_URLS
npm run --silent gateway -- --plain > nginx.conf.template  without TLS, behind something that ends it

Writes the configuration of an nginx in front of services: what notifications, analytics and medical notes answer goes where
SERVICE_URLS says, and all else to the core. Then put values in place of \${HTTP_PORT}, \${HTTPS_PORT} and \${TLS}.
`;

const run = async () => {
  const { plain, help } = parseArgs({
    options: { plain: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  }).values;
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const { urls } = loadConfig().services;
  if (urls.core === undefined) throw new ConfigError('SERVICE_URLS: must say where core can be reached');
  // The table of routes is the same wherever they run.
  const config = parseConfig({});
  const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
  const { routesByService } = createDomains(infrastructure);
  process.stdout.write(
    gatewayConfig(readFileSync(TEMPLATE, 'utf8'), routesByService, { urls, isPlain: plain }),
  );
  await infrastructure.close();
};

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

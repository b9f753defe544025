import { readFileSync } from 'node:fs';
import { runCommand } from '../command-line/command.ts';
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

await runCommand({
  help: HELP,
  options: { plain: { type: 'boolean' } },
  run: async ({ plain: isPlain = false }) => {
    const { urls } = loadConfig().services;
    if (urls.core === undefined) throw new ConfigError('SERVICE_URLS: must say where core can be reached');
    // The table of routes is the same wherever they run.
    const config = parseConfig({});
    const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
    const { routesByService } = createDomains(infrastructure);
    process.stdout.write(gatewayConfig(readFileSync(TEMPLATE, 'utf8'), routesByService, { urls, isPlain }));
    await infrastructure.close();
  },
});

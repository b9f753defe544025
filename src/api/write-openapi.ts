import { createDomains } from '../composition/domains.ts';
import { createInfrastructure } from '../infrastructure.ts';
import { parseConfig } from '../shared/config/config.ts';
import { createLogger } from '../shared/utils/logger.ts';
import { version } from '../version.ts';
import { writeOpenApi } from './openapi-file.ts';

/** `tsx src/api/write-openapi.ts` writes openapi.json; with `--check` it only says whether that is up to date. Needs no server. */
const config = parseConfig({});
const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
const { routes } = createDomains(infrastructure);
const identity = { appName: config.appName, version };

const complaint = writeOpenApi(routes, identity, 'openapi.json', process.argv.slice(2));
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}
await infrastructure.close();

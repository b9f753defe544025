import { createDomains } from '../composition/domains.ts';
import { createInfrastructure } from '../infrastructure.ts';
import { parseConfig } from '../shared/config/config.ts';
import { writeOrCheck } from '../shared/utils/generated-file.ts';
import { createLogger } from '../shared/utils/logger.ts';
import { permissionsPage } from './permissions-page.ts';

/** `npm run docs:permissions` writes docs/permissions.md; with `-- --check` it only says whether that is up to date. Needs no server. */
const config = parseConfig({});
const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
const { routes } = createDomains(infrastructure);

const complaint = writeOrCheck(
  'docs/permissions.md',
  permissionsPage(routes),
  'npm run docs:permissions',
  process.argv.slice(2),
);
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}
await infrastructure.close();

import { Environment } from '../shared/config/config.ts';
import { configurationPage } from '../shared/config/configuration-page.ts';
import { writeOrCheck } from '../shared/utils/generated-file.ts';

/** `npm run docs:configuration` writes docs/configuration.md; with `-- --check` it only says whether that is up to date. Needs no server. */
const complaint = writeOrCheck(
  'docs/configuration.md',
  configurationPage(Environment),
  'npm run docs:configuration',
  process.argv.slice(2),
);
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}

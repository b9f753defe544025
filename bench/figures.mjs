// @ts-check
/** Measures what figures cost when there is much history, and many clinics: `node bench/figures.mjs --help`. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureDependencies } from '../scripts/servers/dependencies.mjs';
import { interruption } from '../scripts/servers/interruption.mjs';
import { Problem, runProgram } from '../scripts/servers/problem.mjs';
import { projectRoot, requireNode } from '../scripts/servers/project.mjs';
import { print } from '../scripts/servers/say.mjs';

const help = `npm run build && node bench/figures.mjs     a clinic of 50 doctors, three years, 1,000 clinics
node bench/figures.mjs --quick               10 doctors, one year, 100 clinics
node bench/figures.mjs --mysql               on MySQL, fetched on Debian where it is missing

Asks every figure of the last month of a clinic with one month of history and of one with years of it, in turns; then
again beside many other clinics; and every figure of a whole year. The build of dist/ has to be there.
`;

/** @param {string[]} args */
function optionsIn(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        mysql: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${help.trimEnd()}`);
  }
}

await runProgram(async () => {
  requireNode();
  const { quick = false, mysql = false, help: asked } = optionsIn(process.argv.slice(2));
  if (asked) {
    print(help.trimEnd());
    return 0;
  }
  const interrupted = interruption();
  await ensureDependencies(projectRoot);
  // Only now, since they need the dependencies.
  const [{ measureFigures }, { closeRunFolder, openRunFolder }] = await Promise.all([
    import('./measures/figures.mjs'),
    import('./servers.mjs'),
  ]);
  const size = quick
    ? { doctors: 10, days: 365, otherClinics: 100, rounds: 7 }
    : { doctors: 50, days: 1_095, otherClinics: 1_000, rounds: 15 };
  const folder = await openRunFolder();
  try {
    const password = randomBytes(12).toString('hex');
    const outcome = await Promise.race([interrupted, measureFigures({ folder, mysql, size, password })]);
    if (outcome instanceof Array) print(outcome.join('\n'));
    return outcome instanceof Array ? 0 : 130;
  } finally {
    await closeRunFolder(folder);
  }
});

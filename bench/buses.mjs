// @ts-check
/** Measures how long events take over Redis and over NATS, in turns: `node bench/buses.mjs --help`. */
import { parseArgs } from 'node:util';
import { ensureDependencies } from '../scripts/servers/dependencies.mjs';
import { interruption } from '../scripts/servers/interruption.mjs';
import { Problem, runProgram } from '../scripts/servers/problem.mjs';
import { projectRoot, requireNode } from '../scripts/servers/project.mjs';
import { print } from '../scripts/servers/say.mjs';

const help = `npm run build && node bench/buses.mjs      events over Redis and over NATS
node bench/buses.mjs --quick               fewer and shorter rounds

Starts a database, a Redis and a NATS of its own, and two servers of the build in dist/: one with EVENT_BUS=redis, one with
EVENT_BUS=nats. Books at each in turns, and asks the server how long its events took from the change to each consumer.
`;

/** @param {string[]} args */
function optionsIn(args) {
  try {
    return parseArgs({ args, options: { quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
      .values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${help.trimEnd()}`);
  }
}

await runProgram(async () => {
  requireNode();
  const { quick = false, help: asked } = optionsIn(process.argv.slice(2));
  if (asked) {
    print(help.trimEnd());
    return 0;
  }
  const interrupted = interruption();
  await ensureDependencies(projectRoot);
  // Only now, since they need the dependencies.
  const [{ measureBuses }, { closeRunFolder, openRunFolder }] = await Promise.all([
    import('./measures/buses.mjs'),
    import('./servers.mjs'),
  ]);
  const load = quick ? { rounds: 3, count: 60, perSecond: 20 } : { rounds: 7, count: 300, perSecond: 50 };
  const folder = await openRunFolder();
  try {
    const outcome = await Promise.race([interrupted, measureBuses({ folder, load })]);
    if (outcome instanceof Array) print(outcome.join('\n'));
    return outcome instanceof Array ? 0 : 130;
  } finally {
    await closeRunFolder(folder);
  }
});

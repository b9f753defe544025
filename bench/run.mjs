// @ts-check
/** Measures the built server on private, durable servers: `npm run bench -- --help`. */
import { ensureDependencies } from '../scripts/servers/dependencies.mjs';
import { interruption } from '../scripts/servers/interruption.mjs';
import { runProgram } from '../scripts/servers/problem.mjs';
import { projectRoot, requireNode } from '../scripts/servers/project.mjs';
import { print } from '../scripts/servers/say.mjs';
import { help, readOptions } from './options.mjs';

await runProgram(async () => {
  requireNode();
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    print(help.trimEnd());
    return 0;
  }
  const interrupted = interruption();
  await ensureDependencies(projectRoot);
  // Only now, since it needs the dependencies.
  const { runBenchmark } = await import('./benchmark.mjs');
  return runBenchmark(options, interrupted);
});

// @ts-check
/** Installs the dependencies that package-lock.json asks for, unless they are there: `node scripts/install.mjs`. */
import { ensureDependencies } from './servers/dependencies.mjs';
import { runProgram } from './servers/problem.mjs';
import { projectRoot, requireNode } from './servers/project.mjs';

await runProgram(async () => {
  requireNode();
  await ensureDependencies(projectRoot);
  return 0;
});

// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './project.mjs';

/**
 * Runs Jest, which ends with this process at the latest; answers its exit code.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {Promise<NodeJS.Signals>} interrupted
 * @returns {Promise<number>}
 */
export function runJest(args, env, interrupted) {
  const program = join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    `--import=${new URL('./end-with-parent.mjs', import.meta.url).href}`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, program, ...args], {
      cwd: projectRoot,
      env,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    void interrupted.then((signal) => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 130);
    });
  });
}

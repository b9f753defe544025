// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

/** The folder of the project, without a slash at its end. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Everything that is made at run time and may be deleted lies here. */
export const stateFolder = join(projectRoot, '.data');

/** Logs of package installations and the like. */
export const packagesLog = join(stateFolder, 'log', 'packages.log');

/** Refuses a Node that is too old for the project. @param {string} [version] */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Problem(
    `This project needs Node 20.19 or newer; this is Node ${version}. See https://nodejs.org`,
  );
}

/** Refuses to start private servers where that does not work. @param {string} [platform] */
export function requireUnix(platform = process.platform) {
  if (platform !== 'win32') return;
  throw new Problem(
    'Private servers are not started on Windows. Use WSL, or set DB_HOST and REDIS_HOST in .env to servers of your own.',
  );
}

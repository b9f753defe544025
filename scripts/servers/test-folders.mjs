// @ts-check
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeContainers } from './compose.mjs';
import { endLeftover } from './kept-process.mjs';
import { lockHolder } from './lock.mjs';

/**
 * The name of a test run's containers.
 * @param {string} folder
 */
export function testProject(folder) {
  return `doctor-appointment-${folder.slice(folder.lastIndexOf('test-'))}`;
}

/**
 * Ends and deletes what test runs left behind that were killed.
 * @param {string} stateFolder
 * @param {string} root
 */
export async function removeDeadTestFolders(stateFolder, root) {
  const names = readdirSync(stateFolder).filter((name) => /^test-\d+$/.test(name));
  for (const folder of names.map((name) => join(stateFolder, name))) {
    if (lockHolder(join(folder, 'lock.json')) === undefined) await removeTestFolder(folder, root);
  }
}

/**
 * Deletes a test run's folder once nothing runs in it any more.
 * @param {string} folder
 * @param {string} root
 */
export async function removeTestFolder(folder, root) {
  await endLeftover(join(folder, 'redis', 'process.json'));
  await endLeftover(join(folder, 'database', 'process.json'));
  await removeContainers({
    root,
    project: testProject(folder),
    log: join(root, '.data', 'log', 'docker.log'),
  });
  rmSync(folder, { recursive: true, force: true });
}

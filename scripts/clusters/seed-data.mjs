// @ts-check
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDatabase } from '../servers/database.mjs';
import { stateFolder } from '../servers/project.mjs';

/** @typedef {import('../servers/programs.mjs').DatabaseProgram} DatabaseProgram */

/** @typedef {{ user: string, password: string, admin: { user: string, password: string } }} Logins */

/**
 * Makes a data folder with users and an empty database, and copies of it for the nodes of a cluster, which so begin alike.
 * @param {{ folder: string, program: DatabaseProgram, database: string, nodes: string[], sql?: string[] }} options
 * @returns {Promise<Logins>}
 */
export async function seedDataFolders({ folder, program, database, nodes }) {
  const seed = join(folder, 'seed');
  const server = await startDatabase({
    folder: seed,
    program,
    fast: true,
    databases: [database],
    templates: join(stateFolder, 'templates'),
  });
  await server.stop();
  for (const node of nodes) {
    const data = join(node, 'data');
    cpSync(join(seed, 'data'), data, { recursive: true });
    // Names one MySQL server; a copy is another server.
    rmSync(join(data, 'auto.cnf'), { force: true });
  }
  rmSync(seed, { recursive: true, force: true });
  return { user: server.user, password: server.password, admin: server.admin };
}

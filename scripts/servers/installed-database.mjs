// @ts-check
import { join } from 'node:path';
import { unpackedMysql } from './mysql-from-debian.mjs';
import { findDatabaseProgram } from './programs.mjs';
import { stateFolder } from './project.mjs';

/** Where `npm run test:mysql` unpacks MySQL. */
export const mysqlFolder = join(stateFolder, 'mysql-server');

/**
 * The database program of this machine. TEST_DB_ENGINE=mysql, which `npm run test:mysql` sets, makes MySQL the only choice.
 * @param {string | undefined} [engine]
 */
export function installedDatabase(engine = process.env['TEST_DB_ENGINE']) {
  return engine === 'mysql'
    ? (findDatabaseProgram({ engine }) ?? unpackedMysql(mysqlFolder))
    : findDatabaseProgram();
}

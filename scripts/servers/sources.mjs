// @ts-check
import { composeObstacle } from './compose.mjs';
import { installPackages } from './packages.mjs';
import { Problem } from './problem.mjs';
import { findDatabaseProgram, findRedisProgram } from './programs.mjs';

/** @typedef {import('./packages.mjs').ServerKind} ServerKind */
/** @typedef {import('./programs.mjs').DatabaseProgram} DatabaseProgram */
/** @typedef {import('./programs.mjs').RedisProgram} RedisProgram */

/**
 * Where the private servers come from: a program, or the compose file.
 * @typedef {{ database?: DatabaseProgram | 'compose', redis?: RedisProgram | 'compose' }} Sources
 */

/**
 * Looks for programs on this machine, then for a Docker engine, then installs packages; else a Problem that names
 * every choice. Only what is wanted is looked for.
 * @param {{ root: string, wanted: ServerKind[], log: string, folders?: string[], findDatabase?: () => DatabaseProgram | undefined, install?: typeof installPackages }} options
 * @returns {Promise<Sources>}
 */
export async function findSources({ root, wanted, log, folders, findDatabase, install = installPackages }) {
  const where = folders === undefined ? {} : { folders };
  const look = () => ({
    database: wanted.includes('database')
      ? (findDatabase ?? (() => findDatabaseProgram(where)))()
      : undefined,
    redis: wanted.includes('redis') ? findRedisProgram(where) : undefined,
  });
  let found = look();
  const missing = () => wanted.filter((kind) => found[kind] === undefined);
  if (missing().length === 0) return present(found);

  const obstacle = composeObstacle(root);
  if (obstacle === undefined) {
    return present({ database: found.database ?? 'compose', redis: found.redis ?? 'compose' }, wanted);
  }
  const result = await install(missing(), log);
  found = look();
  if (missing().length === 0) return present(found);
  throw nothingFound(
    missing(),
    obstacle,
    result.installed ? 'the packages held no usable program' : result.reason,
  );
}

/**
 * @param {{ database: Sources['database'] | undefined, redis: Sources['redis'] | undefined }} found
 * @param {ServerKind[]} [wanted]
 * @returns {Sources}
 */
function present({ database, redis }, wanted = ['database', 'redis']) {
  return {
    ...(database !== undefined && wanted.includes('database') ? { database } : {}),
    ...(redis !== undefined && wanted.includes('redis') ? { redis } : {}),
  };
}

/** @param {ServerKind[]} missing @param {string} noDocker @param {string} noPackages */
function nothingFound(missing, noDocker, noPackages) {
  const names = { database: 'MySQL or MariaDB', redis: 'Redis or Valkey' };
  const settings = {
    database: 'DB_HOST, DB_PORT, DB_USER, DB_PASSWORD',
    redis: 'REDIS_HOST, REDIS_PORT, REDIS_PASSWORD',
  };
  const programs = {
    database: 'mysqld (8.0+) or mariadbd (10.11+)',
    redis: 'redis-server (6.0+) or valkey-server',
  };
  return new Problem(
    [
      `No ${missing.map((kind) => names[kind]).join(' and no ')} could be found or installed. Any of these will do:`,
      `  - a server of your own: set ${missing.map((kind) => settings[kind]).join(', ')} in .env`,
      `  - a program on the PATH: ${missing.map((kind) => programs[kind]).join(' and ')}`,
      `  - Docker with docker-compose.yml (now: ${noDocker})`,
      `  - packages, installed by this command when it may (now: ${noPackages})`,
    ].join('\n'),
  );
}

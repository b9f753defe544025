// @ts-check
import { join } from 'node:path';
import { startContainer } from './compose.mjs';
import { startDatabase } from './database.mjs';
import { databaseName } from './logins.mjs';
import { startRedis } from './redis.mjs';
import { progress } from './say.mjs';
import { findSources } from './sources.mjs';

/** @typedef {import('./configured.mjs').ConfiguredServer} ConfiguredServer */
/** @typedef {import('./database.mjs').RunningDatabase} RunningDatabase */
/** @typedef {import('./redis.mjs').RunningRedis} RunningRedis */
/** @typedef {import('./saved-logins.mjs').SavedLogins} SavedLogins */

/**
 * How to reach a server. `control` is there when this process runs it.
 * @template Control
 * @typedef {{ host: string, port: number, user?: string, password: string, control?: Control, stop: () => Promise<void> }} OpenServer
 */

/** @typedef {{ database: OpenServer<RunningDatabase>, redis: OpenServer<RunningRedis> }} OpenServers */

/**
 * Gives both servers: a configured one as it is, else a private one in the folder. `throwAway` servers are fast and
 * forget everything; others keep their data.
 * @typedef {object} OpenOptions
 * @property {string} root the project
 * @property {string} folder the private servers' own
 * @property {string} project the name of their containers, when Docker runs them
 * @property {{ database: ConfiguredServer | undefined, redis: ConfiguredServer | undefined }} configured
 * @property {SavedLogins} logins
 * @property {string[]} databases
 * @property {boolean} throwAway
 * @property {string} [templates]
 * @property {() => import('./programs.mjs').DatabaseProgram | undefined} [findDatabase]
 */

/**
 * @param {OpenOptions} options
 * @returns {Promise<OpenServers>}
 */
export async function openServers(options) {
  const { root, folder, configured } = options;
  const wanted = /** @type {const} */ (['database', 'redis']).filter(
    (kind) => configured[kind] === undefined,
  );
  const sources = await findSources({
    root,
    wanted,
    log: join(root, '.data', 'log', 'packages.log'),
    ...(options.findDatabase === undefined ? {} : { findDatabase: options.findDatabase }),
  });
  const container = {
    root,
    project: options.project,
    database: options.databases[0] ?? databaseName,
    throwAway: options.throwAway,
    log: join(folder, 'log', 'docker.log'),
  };
  const [database, redis] = await Promise.all([
    configured.database
      ? asItIs(configured.database)
      : sources.database === 'compose'
        ? startContainer({ ...container, kind: 'database', login: options.logins.database })
        : openDatabase(options, sources.database),
    configured.redis
      ? asItIs(configured.redis)
      : sources.redis === 'compose'
        ? startContainer({ ...container, kind: 'redis', login: options.logins.redis })
        : openRedis(options, sources.redis),
  ]);
  return { database, redis };
}

/** @param {ConfiguredServer} server */
function asItIs({ host, port, user, password = '' }) {
  return { host, port, password, ...(user === undefined ? {} : { user }), stop: () => Promise.resolve() };
}

/**
 * @param {OpenOptions} options
 * @param {import('./programs.mjs').DatabaseProgram | undefined} program
 * @returns {Promise<OpenServer<RunningDatabase>>}
 */
async function openDatabase({ folder, logins, databases, throwAway, templates }, program) {
  const control = await startDatabase({
    ...logins.database,
    folder: join(folder, 'database'),
    log: join(folder, 'log', 'database.log'),
    fast: throwAway,
    databases,
    ...(program === undefined ? {} : { program }),
    ...(templates === undefined ? {} : { templates }),
  });
  if (control.dataFolder === 'upgraded') progress(`The database was upgraded to ${control.title}.`);
  const { host, port, user, password, stop } = control;
  return { host, port, user, password, control, stop };
}

/**
 * @param {OpenOptions} options
 * @param {import('./programs.mjs').RedisProgram | undefined} program
 * @returns {Promise<OpenServer<RunningRedis>>}
 */
async function openRedis({ folder, logins, throwAway }, program) {
  const control = await startRedis({
    ...logins.redis,
    folder: join(folder, 'redis'),
    log: join(folder, 'log', 'redis.log'),
    persistent: !throwAway,
    ...(program === undefined ? {} : { program }),
  });
  const { host, port, password, stop } = control;
  return { host, port, password, control, stop };
}

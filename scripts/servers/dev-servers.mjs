// @ts-check
import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeContainers } from './compose.mjs';
import { configuredServer, requireDatabase, requireRedis } from './configured.mjs';
import { withEnvFile } from './env-file.mjs';
import { greetDatabase, pingRedis } from './handshake.mjs';
import { endLeftover } from './kept-process.mjs';
import { isRunning } from './processes.mjs';
import { databaseName, databaseUser } from './logins.mjs';
import { openServers } from './open-servers.mjs';
import { Problem } from './problem.mjs';
import { requireUnix } from './project.mjs';
import { readLogins, saveLogins } from './saved-logins.mjs';

/** @typedef {import('./env-file.mjs').Settings} Settings */
/** @typedef {import('./lock.mjs').LockHolder} LockHolder */
/** @typedef {import('./open-servers.mjs').OpenServers} OpenServers */
/** @typedef {import('./saved-logins.mjs').SavedLogins} SavedLogins */

/** The folder of the private servers that keep the developer's data. @param {string} root */
export function devFolder(root) {
  return join(root, '.data', 'dev');
}

/** The lock that `npm run dev` and the commands beside it hold while they use that folder. @param {string} root */
export function devLock(root) {
  return join(devFolder(root), 'lock.json');
}

/**
 * The servers that the settings name, as far as they name any.
 * @param {NodeJS.ProcessEnv} environment
 * @param {Settings} fromFile
 */
export function configuredServers(environment, fromFile) {
  return {
    database: configuredServer('DB', 3306, environment, fromFile),
    redis: configuredServer('REDIS', 6379, environment, fromFile),
  };
}

/**
 * Starts what is not configured, after making sure that what is configured answers. The caller holds the lock.
 * @param {string} root
 * @param {ReturnType<typeof configuredServers>} configured
 * @returns {Promise<OpenServers & { logins: SavedLogins }>}
 */
export async function openDevServers(root, configured) {
  const folder = devFolder(root);
  if (configured.database) await requireDatabase(configured.database);
  if (configured.redis) await requireRedis(configured.redis);
  if (!configured.database || !configured.redis) requireUnix();
  const logins = readLogins(folder);
  saveLogins(folder, logins);
  const servers = await openServers({
    root,
    folder,
    project: 'doctor-appointment-dev',
    configured,
    logins,
    databases: [databaseName],
    throwAway: false,
  });
  if (!configured.database) logins.database.port = servers.database.port;
  if (!configured.redis) logins.redis.port = servers.redis.port;
  saveLogins(folder, logins);
  return { ...servers, logins };
}

/**
 * The private servers that another command runs, as soon as they answer.
 * @param {string} root
 * @param {ReturnType<typeof configuredServers>} configured
 * @param {LockHolder} holder
 * @returns {Promise<OpenServers & { logins: SavedLogins }>}
 */
export async function joinDevServers(root, configured, holder) {
  const deadline = performance.now() + 180_000;
  const stop = () => Promise.resolve();
  while (isRunning(holder) && performance.now() < deadline) {
    const logins = readLogins(devFolder(root));
    const host = '127.0.0.1';
    const database = configured.database ?? { host, port: 0, user: databaseUser, ...logins.database };
    const redis = configured.redis ?? { host, port: 0, ...logins.redis };
    const isServing = (await greetDatabase(database)) === 'ready' && (await pingRedis(redis)) === 'ready';
    if (isServing) {
      return {
        logins,
        database: { password: '', ...database, stop },
        redis: { password: '', ...redis, stop },
      };
    }
    await delay(200);
  }
  throw new Problem(`The servers of ${holder.command} (pid ${holder.pid}) do not answer.`);
}

/**
 * The environment for the application and its commands. What is set already stays.
 * @param {OpenServers & { logins: SavedLogins }} servers
 * @param {ReturnType<typeof configuredServers>} configured
 * @param {NodeJS.ProcessEnv} environment
 * @param {Settings} fromFile
 * @returns {NodeJS.ProcessEnv}
 */
export function devEnvironment({ database, redis, logins }, configured, environment, fromFile) {
  const settings = withEnvFile(environment, fromFile);
  return {
    ...logins.secrets,
    NODE_ENV: 'development',
    DB_NAME: databaseName,
    ...settings,
    ...(configured.database
      ? {}
      : {
          DB_HOST: database.host,
          DB_PORT: String(database.port),
          DB_NAME: databaseName,
          DB_USER: database.user ?? databaseUser,
          DB_PASSWORD: database.password,
        }),
    ...(configured.redis
      ? {}
      : { REDIS_HOST: redis.host, REDIS_PORT: String(redis.port), REDIS_PASSWORD: redis.password }),
  };
}

/** Ends what a launcher that was killed left running. @param {string} root */
export async function endDevLeftovers(root) {
  for (const part of ['app', 'task', 'redis', 'database']) {
    await endLeftover(join(devFolder(root), part, 'process.json'));
  }
}

/** Deletes the private servers' data, secrets and logs, and nothing else. The caller holds the lock. @param {string} root */
export async function resetDevFolder(root) {
  const folder = devFolder(root);
  await endDevLeftovers(root);
  await removeContainers({
    root,
    project: 'doctor-appointment-dev',
    log: join(root, '.data', 'log', 'docker.log'),
  });
  if (!existsSync(folder)) return;
  if (realpathSync(folder) !== join(realpathSync(root), '.data', 'dev')) {
    throw new Problem(`${folder} leads out of the project, so it is not deleted.`);
  }
  for (const name of readdirSync(folder)) {
    if (name !== 'lock.json') rmSync(join(folder, name), { recursive: true, force: true });
  }
}

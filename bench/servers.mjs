// @ts-check
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeContainers } from '../scripts/servers/compose.mjs';
import { installedDatabase, mysqlFolder } from '../scripts/servers/installed-database.mjs';
import { endLeftover, killAllKept } from '../scripts/servers/kept-process.mjs';
import { lockHolder, takeLock } from '../scripts/servers/lock.mjs';
import { unpackMysql } from '../scripts/servers/mysql-from-debian.mjs';
import { openServers } from '../scripts/servers/open-servers.mjs';
import { packagesLog, projectRoot, requireUnix, stateFolder } from '../scripts/servers/project.mjs';
import { readLogins } from '../scripts/servers/saved-logins.mjs';
import { killAllNode } from './node-child.mjs';

/** @typedef {{ host: string, port: number, user: string, password: string, title: string }} DatabaseAddress */
/** @typedef {{ host: string, port: number, password: string, title: string }} RedisAddress */
/** @typedef {{ database: DatabaseAddress, redis: RedisAddress }} BenchServers */

/** The database that the measured server uses, one of the same kind for the statements without a server, and the two that growth is seen in. */
export const databases = {
  served: 'doctor_bench',
  direct: 'doctor_bench_direct',
  small: 'doctor_bench_small',
  grown: 'doctor_bench_grown',
};

export const benchFolder = join(stateFolder, 'bench');

/** What the programs of the last run had to say. */
export const logFolder = join(benchFolder, 'log');

/** Makes the folder of this run, which goes when the run ends, and removes those of runs that were killed. */
export async function openRunFolder() {
  const name = `run-${process.pid}`;
  const folder = join(benchFolder, name);
  await removeDeadRuns();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  takeLock(join(folder, 'lock.json'), 'npm run bench');
  return folder;
}

async function removeDeadRuns() {
  mkdirSync(benchFolder, { recursive: true, mode: 0o700 });
  const folders = readdirSync(benchFolder)
    .filter((name) => /^run-\d+$/.test(name))
    .map((name) => join(benchFolder, name));
  for (const folder of folders) {
    if (lockHolder(join(folder, 'lock.json')) === undefined) await removeRun(folder);
  }
}

/**
 * Ends everything that this run has started and deletes its folder, except for the logs.
 * @param {string} folder
 */
export async function closeRunFolder(folder) {
  await killAllNode();
  await killAllKept();
  await removeContainersOf(folder);
  rmSync(logFolder, { recursive: true, force: true });
  if (existsSync(join(folder, 'log'))) renameSync(join(folder, 'log'), logFolder);
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} folder */
async function removeRun(folder) {
  await endLeftover(join(folder, 'redis', 'process.json'));
  await endLeftover(join(folder, 'database', 'process.json'));
  await removeContainersOf(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} folder */
async function removeContainersOf(folder) {
  const log = join(folder, 'log', 'docker.log');
  await removeContainers({ root: projectRoot, project: containersOf(folder), log });
}

/** @param {string} folder */
function containersOf(folder) {
  return `doctor-appointment-bench-${folder.slice(folder.lastIndexOf('run-'))}`;
}

/**
 * Starts a private database whose commits are on the disk when they return, and a private Redis.
 * @param {string} folder
 * @param {boolean} mysql whether nothing but MySQL will do
 * @returns {Promise<BenchServers>}
 */
export async function openBenchServers(folder, mysql) {
  requireUnix();
  const engine = mysql ? 'mysql' : undefined;
  if (mysql && installedDatabase(engine) === undefined) await unpackMysql(mysqlFolder, packagesLog);
  const logins = readLogins(folder);
  const { database, redis } = await openServers({
    root: projectRoot,
    folder,
    project: containersOf(folder),
    configured: { database: undefined, redis: undefined },
    logins,
    databases: Object.values(databases),
    throwAway: false,
    templates: join(stateFolder, 'templates'),
    findDatabase: () => installedDatabase(engine),
  });
  const { host, port } = database;
  // The user of a container has no right to make a second database.
  const login = database.control ?? { user: 'root', password: logins.database.adminPassword };
  return {
    database: {
      host,
      port,
      user: login.user,
      password: login.password,
      title: database.control?.title ?? 'MySQL in a container',
    },
    redis: {
      host: redis.host,
      port: redis.port,
      password: redis.password,
      title: redis.control?.title ?? 'Redis in a container',
    },
  };
}

// @ts-check
/**
 * Runs Jest with private servers that are thrown away: `npm test -- <jest arguments>`. `--mysql` insists on MySQL and
 * fetches it on Debian; `--without-servers` starts none; with `--services` a server of a test is four, each with its own database, behind nginx. TEST_DB_HOST and TEST_REDIS_HOST name servers to use instead.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { configuredServer, requireDatabase, requireRedis } from './servers/configured.mjs';
import { ensureDependencies } from './servers/dependencies.mjs';
import { readEnvFile } from './servers/env-file.mjs';
import { installedDatabase, mysqlFolder } from './servers/installed-database.mjs';
import { interruption } from './servers/interruption.mjs';
import { killAllKept } from './servers/kept-process.mjs';
import { takeLock } from './servers/lock.mjs';
import { unpackMysql } from './servers/mysql-from-debian.mjs';
import { openServers } from './servers/open-servers.mjs';
import { runProgram } from './servers/problem.mjs';
import { packagesLog, projectRoot, requireNode, requireUnix, stateFolder } from './servers/project.mjs';
import { runJest } from './servers/run-jest.mjs';
import { readLogins } from './servers/saved-logins.mjs';
import { progress } from './servers/say.mjs';
import { removeDeadTestFolders, removeTestFolder, testProject } from './servers/test-folders.mjs';

const databaseName = 'doctor_test';
const ownFlags = ['--mysql', '--services', '--without-servers'];

await runProgram(async () => {
  requireNode();
  const args = process.argv.slice(2);
  const interrupted = interruption();
  await ensureDependencies(projectRoot);
  const engine = args.includes('--mysql') ? 'mysql' : process.env['TEST_DB_ENGINE'];
  const TZ = process.env['TZ'] ?? zoneFor(engine);
  progress(`The tests run on the clock of ${TZ}.`);
  const environment = {
    ...process.env,
    NODE_ENV: 'test',
    TZ,
    ...(engine === undefined ? {} : { TEST_DB_ENGINE: engine }),
    ...(args.includes('--services') ? { TEST_TOPOLOGY: 'services' } : {}),
  };
  const jest = args.filter((arg) => !ownFlags.includes(arg));
  if (args.includes('--without-servers')) return runJest(jest, environment, interrupted);
  return withTestServers(engine, interrupted, (settings) =>
    runJest(jest, { ...environment, ...settings }, interrupted),
  );
});

/**
 * No result may depend on the zone of the machine, so the tests run far from UTC: on one side of it or, on MySQL, on the
 * other, half an hour beside the full ones. Who sets TZ is asked for nothing else.
 * @param {string | undefined} engine
 */
function zoneFor(engine) {
  return engine === 'mysql' ? 'America/St_Johns' : 'Asia/Tokyo';
}

/**
 * @param {string | undefined} engine
 * @param {Promise<NodeJS.Signals>} interrupted
 * @param {(settings: Record<string, string>) => Promise<number>} use
 */
async function withTestServers(engine, interrupted, use) {
  const folder = join(stateFolder, `test-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  takeLock(join(folder, 'lock.json'), 'npm test');
  try {
    await removeDeadTestFolders(stateFolder, projectRoot);
    const settings = await Promise.race([interrupted, openTestServers(folder, engine)]);
    return typeof settings === 'string' ? 130 : await use(settings);
  } finally {
    await killAllKept();
    await removeTestFolder(folder, projectRoot);
  }
}

/** @param {string} folder @param {string | undefined} engine @returns {Promise<Record<string, string>>} */
async function openTestServers(folder, engine) {
  const fromFile = readEnvFile(join(projectRoot, '.env'));
  const configured = {
    database: configuredServer('TEST_DB', 3306, process.env, fromFile),
    redis: configuredServer('TEST_REDIS', 6379, process.env, fromFile),
  };
  if (configured.database) await requireDatabase(configured.database);
  if (configured.redis) await requireRedis(configured.redis);
  if (!configured.database || !configured.redis) requireUnix();
  if (!configured.database && engine === 'mysql' && installedDatabase(engine) === undefined) {
    await unpackMysql(mysqlFolder, packagesLog);
  }
  const logins = readLogins(folder);
  const { database, redis } = await openServers({
    root: projectRoot,
    folder,
    project: testProject(folder),
    configured,
    logins,
    databases: [databaseName],
    throwAway: true,
    templates: join(stateFolder, 'templates'),
    findDatabase: () => installedDatabase(engine),
  });
  if (database.control)
    progress(`Tests run on ${database.control.title}${redis.control ? ` and ${redis.control.title}` : ''}.`);
  return {
    ...logins.secrets,
    DB_HOST: database.host,
    DB_PORT: String(database.port),
    DB_NAME: databaseName,
    DB_USER: database.user ?? 'root',
    DB_PASSWORD: database.password,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    REDIS_PASSWORD: redis.password,
  };
}

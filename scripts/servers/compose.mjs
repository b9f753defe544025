// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openLog, tailOf } from './log-file.mjs';
import { databaseUser } from './logins.mjs';
import { freePort } from './ports.mjs';
import { Problem } from './problem.mjs';
import { progress } from './say.mjs';

/** @typedef {import('./packages.mjs').ServerKind} ServerKind */
/** @typedef {{ port?: number | undefined, password: string, adminPassword?: string | undefined }} ContainerLogin */
/** @typedef {{ host: string, port: number, user: string, password: string, stop: () => Promise<void> }} Container */

/** @type {Record<ServerKind, { service: string, port: number, title: string }>} */
const services = {
  database: { service: 'mysql', port: 3306, title: 'MySQL' },
  redis: { service: 'redis', port: 6379, title: 'Redis' },
};

/**
 * Why the project's compose file cannot bring the servers; undefined when it can.
 * @param {string} root
 */
export function composeObstacle(root) {
  if (!existsSync(join(root, 'docker-compose.yml'))) return 'there is no docker-compose.yml';
  const { error, status } = spawnSync('docker', ['info'], {
    env: process.env,
    stdio: 'ignore',
    timeout: 15_000,
  });
  if (error !== undefined) return 'there is no docker command';
  return status === 0 ? undefined : 'no Docker engine is running';
}

/**
 * Starts one service of the project's compose file under a project name of its own, so that its data is nobody else's.
 * The file takes DB_PORT, DB_NAME, DB_USER, DB_PASSWORD, DB_ROOT_PASSWORD, REDIS_PORT and REDIS_PASSWORD from here.
 * With `throwAway` its data goes when it stops.
 * @param {{ root: string, project: string, kind: ServerKind, login: ContainerLogin, database: string, throwAway: boolean, log: string }} options
 * @returns {Promise<Container>}
 */
export async function startContainer({ root, project, kind, login, database, throwAway, log }) {
  const { service, port, title } = services[kind];
  const environment = {
    ...process.env,
    ...composeSettings(kind, login, database, login.port ?? (await freePort())),
  };
  /** @param {string[]} args */
  const compose = (...args) => runLogged(['compose', '-p', project, ...args], root, environment, log);

  progress(`Starting ${title} with Docker (docker compose up ${service}) …`);
  const code = await compose('up', '--detach', '--wait', service);
  if (code !== 0)
    throw new Problem(`docker compose could not start ${service}. The end of ${log}:\n${tailOf(log)}`);
  const address = spawnSync('docker', ['compose', '-p', project, 'port', service, String(port)], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  const [, published] = /:(\d+)\s*$/.exec(address.stdout) ?? [];
  if (published === undefined)
    throw new Problem(`docker-compose.yml does not publish port ${port} of ${service}.`);
  const isAdmin = throwAway && kind === 'database';
  return {
    host: '127.0.0.1',
    port: Number(published),
    // Tests make databases of their own, for which the image's application user has no right.
    user: isAdmin ? 'root' : databaseUser,
    password: isAdmin ? (login.adminPassword ?? '') : login.password,
    stop: async () => {
      if (throwAway) await compose('rm', '--stop', '--force', '--volumes', service);
      else await compose('stop', service);
    },
  };
}

/**
 * Removes the containers and the data of a project name, if its log tells that there were any.
 * @param {{ root: string, project: string, log: string }} options
 */
export async function removeContainers({ root, project, log }) {
  if (!existsSync(log) || composeObstacle(root) !== undefined) return;
  await runLogged(['compose', '-p', project, 'down', '--volumes'], root, process.env, log);
}

/**
 * @param {ServerKind} kind
 * @param {ContainerLogin} login
 * @param {string} database
 * @param {number} port
 * @returns {Record<string, string>}
 */
function composeSettings(kind, { password, adminPassword = '' }, database, port) {
  return kind === 'redis'
    ? { REDIS_PORT: String(port), REDIS_PASSWORD: password }
    : {
        DB_PORT: String(port),
        DB_NAME: database,
        DB_USER: databaseUser,
        DB_PASSWORD: password,
        DB_ROOT_PASSWORD: adminPassword,
      };
}

/** @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} env @param {string} log @returns {Promise<number | null>} */
function runLogged(args, cwd, env, log) {
  const output = openLog(log);
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args, { cwd, env, stdio: ['ignore', output, output] });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

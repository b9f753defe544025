// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { keep } from '../scripts/servers/kept-process.mjs';
import { tailOf } from '../scripts/servers/log-file.mjs';
import { freePort } from '../scripts/servers/ports.mjs';
import { Problem } from '../scripts/servers/problem.mjs';
import { projectRoot, stateFolder } from '../scripts/servers/project.mjs';
import { startNode } from './node-child.mjs';
import { waitUntilReady } from './readiness.mjs';

/** @typedef {import('./servers.mjs').BenchServers} BenchServers */

/** A server of the build: its address, and the process. @typedef {{ url: string, stop: () => Promise<unknown>, kill: () => Promise<unknown>, send: (message: string) => void }} BuiltServer */

const serverProgram = join(projectRoot, 'dist', 'server.js');
/** The same server, with the driver in a module of its own, so that a preloaded module can change it. */
const sourceProgram = [`--import=${import.meta.resolve('tsx')}`, join(projectRoot, 'src', 'server.ts')];
const migrateProgram = join(projectRoot, 'dist', 'database', 'migrate.js');

/** Makes dist/ as a release has it: by the Node that will run it, since it brings what that has compiled. */
export async function build() {
  const log = join(stateFolder, 'log', 'build.log');
  const npm = process.env['npm_execpath'];
  const isNpm = npm?.endsWith('npm-cli.js') === true;
  const kept = await keep({
    command: isNpm ? process.execPath : 'npm',
    args: [...(isNpm ? [npm] : []), 'run', 'compile'],
    cwd: projectRoot,
    log,
    record: join(stateFolder, 'bench', 'build', 'process.json'),
    graceMs: 5_000,
    group: true,
    env: {
      ...process.env,
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    },
  });
  const { code } = await kept.exited;
  if (code !== 0) throw new Problem(`npm run compile failed. The end of ${log}:\n${tailOf(log)}`);
}

/** Refuses to go on without a build. */
export function requireBuild() {
  if (existsSync(serverProgram)) return;
  throw new Problem('There is no dist/server.js: run npm run build first, or leave out --no-build.');
}

/**
 * The settings of a server in production, on one of the databases. Secrets are random, and the same for every server of
 * this run, so that all of them take the same tokens.
 * @param {BenchServers} servers
 * @param {string} database
 * @returns {Record<string, string>}
 */
export function productionSettings({ database: { host, port, user, password }, redis }, database) {
  return {
    ...secrets,
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    // One process is measured, whatever the machine has.
    WORKERS: '0',
    DB_HOST: host,
    DB_PORT: String(port),
    DB_NAME: database,
    DB_USER: user,
    DB_PASSWORD: password,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    REDIS_PASSWORD: redis.password,
    // All clients of the bench have one address and few users; the counting is measured, the refusing is not.
    ...noRateLimits,
    // Databases that share a Redis need a prefix each.
    EVENT_STREAM: database,
  };
}

const noRateLimits = {
  RATE_LIMIT_ADDRESS: 'all=999999999/minute',
  RATE_LIMIT_USER: 'all=999999999/minute',
  RATE_LIMIT_TENANT: 'all=999999999/minute',
};

const secrets = {
  JWT_ACCESS_SECRET: randomBytes(48).toString('base64url'),
  JWT_REFRESH_SECRET: randomBytes(48).toString('base64url'),
  MASTER_KEY: randomBytes(32).toString('base64'),
};

/**
 * Brings a database up to date.
 * @param {Record<string, string>} settings
 * @param {string} folder
 */
export async function migrate(settings, folder) {
  const log = join(folder, 'log', 'migrate.log');
  const { code } = await startNode({ args: [migrateProgram], cwd: folder, log, env: settings }).exited;
  if (code !== 0) throw new Problem(`The migrations failed. The end of ${log}:\n${tailOf(log)}`);
}

/**
 * Starts the built server on a free port and returns when it is ready. With modules to run before it, in `preload`, its sources.
 * @param {{ settings: Record<string, string>, folder: string, name: string, preload?: string[], onMessage?: (message: unknown) => void }} options
 * @returns {Promise<BuiltServer>}
 */
export async function startBuiltServer({ settings, folder, name, preload = [], onMessage }) {
  const port = await freePort();
  const log = join(folder, 'log', `${name}.log`);
  const child = startNode({
    args:
      preload.length > 0
        ? [...preload.map((module) => `--import=${module}`), ...sourceProgram]
        : [serverProgram],
    // Not the project's folder, where a .env may lie.
    cwd: folder,
    log,
    env: { ...settings, PORT: String(port) },
    ...(onMessage === undefined ? {} : { onMessage }),
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(`${url}/health/ready`, child, log);
  return { url, stop: child.stop, kill: child.kill, send: child.send };
}

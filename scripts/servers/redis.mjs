// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pingRedis } from './handshake.mjs';
import { endLeftover } from './kept-process.mjs';
import { randomPassword } from './logins.mjs';
import { Problem } from './problem.mjs';
import { findRedisProgram, programTitle } from './programs.mjs';
import { startServer } from './running-server.mjs';

/** @typedef {import('./programs.mjs').RedisProgram} RedisProgram */

/**
 * `folder` is the server's own. A `persistent` server keeps its data over a restart (append-only file). `settings` are further lines of
 * its configuration; `args` stand behind the name of that file.
 * @typedef {object} RedisOptions
 * @property {string} folder
 * @property {boolean} [persistent]
 * @property {number} [port] the port to take when it is free
 * @property {RedisProgram} [program]
 * @property {string} [password]
 * @property {string} [log]
 * @property {string[]} [settings]
 * @property {string[]} [args]
 */

/**
 * A private Redis on loopback.
 * @typedef {object} PrivateRedis
 * @property {RedisProgram['engine']} engine
 * @property {string} version
 * @property {string} title engine and version in words
 * @property {string} host
 * @property {number} port
 * @property {string} password
 * @property {string} folder
 * @property {string} log
 */

/** @typedef {PrivateRedis & import('./running-server.mjs').ServerControl} RunningRedis */

/**
 * Starts a private Redis and returns when it answers. What an earlier process left running in the folder is ended first.
 * @param {RedisOptions} options
 * @returns {Promise<RunningRedis>}
 */
export async function startRedis(options) {
  const folder = resolve(options.folder);
  const program = options.program ?? findRedisProgram();
  if (program === undefined)
    throw new Problem('No redis-server (6.0 or newer) and no valkey-server was found.');
  const log = options.log ?? join(folder, 'redis.log');
  const record = join(folder, 'process.json');
  const settings = join(folder, 'redis.conf');
  const password = options.password ?? randomPassword();

  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
  await endLeftover(record);
  const title = programTitle(program);
  const server = await startServer(
    {
      title,
      order: (port) => {
        const data = join(folder, 'data');
        // In a file and not among the arguments, which every user of the machine can read.
        writeFileSync(
          settings,
          [
            ...redisSettings({ port, password, data, persistent: options.persistent === true }),
            ...(options.settings ?? []),
            '',
          ].join('\n'),
          { mode: 0o600 },
        );
        return {
          command: program.command,
          ...(program.argv0 === undefined ? {} : { argv0: program.argv0 }),
          args: [settings, ...(options.args ?? [])],
          cwd: folder,
          log,
          record,
          graceMs: 10_000,
          group: false,
        };
      },
      isReady: async (port) => (await pingRedis({ host: '127.0.0.1', port, password })) === 'ready',
      readyWithinMs: 60_000,
    },
    options.port,
  );
  return {
    ...server,
    engine: program.engine,
    version: program.version.join('.'),
    title,
    host: '127.0.0.1',
    password,
    folder,
    log,
  };
}

/** @param {{ port: number, password: string, data: string, persistent: boolean }} settings */
function redisSettings({ port, password, data, persistent }) {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    `dir ${JSON.stringify(data)}`,
    'daemonize no',
    'save ""',
    `appendonly ${persistent ? 'yes' : 'no'}`,
    'maxmemory-policy noeviction',
  ];
}

// @ts-check
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** @typedef {[major: number, minor: number, patch: number]} Version */
/** @typedef {'mysql' | 'mariadb'} DatabaseEngine */
/** @typedef {'redis' | 'valkey'} RedisEngine */

/**
 * A server program on this machine. `before` goes in front of all other arguments, `options` among them.
 * @template {string} [Engine=string]
 * @typedef {{ engine: Engine, version: Version, command: string, argv0?: string, before?: string[], options?: string[] }} ServerProgram
 */

/** @typedef {ServerProgram<DatabaseEngine>} DatabaseProgram */
/** @typedef {ServerProgram<RedisEngine>} RedisProgram */

/** Where servers live besides the PATH: system folders that a normal user's PATH lacks, Homebrew, the macOS packages. */
export const usualFolders = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
  '/usr/local/opt/mariadb/bin',
];

/** @type {Record<DatabaseEngine | RedisEngine, { name: string, oldest: Version }>} */
const supported = {
  mysql: { name: 'MySQL', oldest: [8, 0, 0] },
  mariadb: { name: 'MariaDB', oldest: [10, 11, 0] },
  redis: { name: 'Redis', oldest: [6, 0, 0] },
  valkey: { name: 'Valkey', oldest: [7, 0, 0] },
};

/**
 * The database program to use: the first supported one, MySQL before MariaDB.
 * @param {{ folders?: string[], engine?: DatabaseEngine | undefined }} [where]
 * @returns {DatabaseProgram | undefined}
 */
export function findDatabaseProgram({ folders = searchedFolders(), engine } = {}) {
  const found = ['mysqld', 'mariadbd']
    .flatMap((name) => findAll(name, folders))
    .flatMap((command) => identifyDatabase(command) ?? [])
    .filter((program) => isSupported(program) && (engine === undefined || program.engine === engine));
  return found.find((program) => program.engine === 'mysql') ?? found[0];
}

/**
 * The Redis program to use. One binary is server and checker both and decides by the name it is called by, so that
 * the tools package alone brings a server.
 * @param {{ folders?: string[] }} [where]
 * @returns {RedisProgram | undefined}
 */
export function findRedisProgram({ folders = searchedFolders() } = {}) {
  const names = ['redis-server', 'valkey-server', 'redis-check-rdb', 'valkey-check-rdb'];
  return names
    .flatMap((name) => findAll(name, folders))
    .flatMap((command) => identifyRedis(command) ?? [])
    .find(isSupported);
}

/** The PATH, then the usual folders. */
export function searchedFolders() {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...path, ...usualFolders])];
}

/**
 * The first executable file with one of the names.
 * @param {string[]} names
 * @param {string[]} [folders]
 */
export function findExecutable(names, folders = searchedFolders()) {
  return names.flatMap((name) => findAll(name, folders))[0];
}

/**
 * "MySQL 8.4.3".
 * @param {{ engine: DatabaseEngine | RedisEngine, version: Version }} program
 */
export function programTitle({ engine, version }) {
  return `${supported[engine].name} ${version.join('.')}`;
}

/**
 * Negative when a is the older version, 0 when they are the same.
 * @param {Version} a
 * @param {Version} b
 */
export function compareVersions(a, b) {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/**
 * Which database a program is and of which version, as it says itself; undefined when it is none or does not run.
 * @param {string} command
 * @param {string[]} [before]
 * @returns {DatabaseProgram | undefined}
 */
export function identifyDatabase(command, before = []) {
  const text = runForVersion(command, [...before, '--no-defaults', '--version']);
  const version = readVersion(/\bVer (\d+)\.(\d+)\.(\d+)/, text);
  if (version === undefined) return undefined;
  const folderOptions = before.length > 0 ? { before } : {};
  return { engine: /mariadb/i.test(text) ? 'mariadb' : 'mysql', version, command, ...folderOptions };
}

/** @param {string} command @returns {RedisProgram | undefined} */
function identifyRedis(command) {
  const argv0 = join(dirname(command), command.includes('valkey') ? 'valkey-server' : 'redis-server');
  const text = runForVersion(command, ['--version'], argv0);
  const version = readVersion(/\bserver v=(\d+)\.(\d+)\.(\d+)/, text);
  return version && { engine: /valkey/i.test(text) ? 'valkey' : 'redis', version, command, argv0 };
}

/** @param {{ engine: DatabaseEngine | RedisEngine, version: Version }} program */
function isSupported({ engine, version }) {
  return compareVersions(version, supported[engine].oldest) >= 0;
}

/** @param {string} name @param {string[]} folders */
function findAll(name, folders) {
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @param {string} command @param {string[]} args @param {string} [argv0] */
function runForVersion(command, args, argv0) {
  const { error, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 20_000,
    ...(argv0 === undefined ? {} : { argv0 }),
  });
  return error === undefined ? stdout : '';
}

/** @param {RegExp} pattern @param {string} text @returns {Version | undefined} */
function readVersion(pattern, text) {
  const [, major, minor, patch] = pattern.exec(text) ?? [];
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

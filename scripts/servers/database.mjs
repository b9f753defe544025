// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prepareDataFolder } from './data-folder.mjs';
import { greetDatabase } from './handshake.mjs';
import { installedDatabase } from './installed-database.mjs';
import { endLeftover } from './kept-process.mjs';
import { bootstrapSql, databaseName, databaseUser, randomPassword } from './logins.mjs';
import { Problem } from './problem.mjs';
import { programTitle } from './programs.mjs';
import { startServer } from './running-server.mjs';

/** @typedef {import('./programs.mjs').DatabaseProgram} DatabaseProgram */

/**
 * `folder` is the server's own. `fast` gives up durability for speed (tests); otherwise a commit is on the disk when it
 * returns. `templates` is a folder of initialised data folders to copy from. `options` are further server options.
 * @typedef {object} DatabaseOptions
 * @property {string} folder
 * @property {boolean} [fast]
 * @property {number} [port] the port to take when it is free
 * @property {DatabaseProgram} [program]
 * @property {string} [password]
 * @property {string} [adminPassword]
 * @property {string[]} [databases] databases to create
 * @property {string} [log]
 * @property {string} [templates]
 * @property {string[]} [options]
 */

/**
 * A private database on loopback. `user` may do everything in databases named `doctor_…`; `admin` may do everything.
 * @typedef {object} PrivateDatabase
 * @property {DatabaseProgram['engine']} engine
 * @property {string} version
 * @property {string} title engine and version in words
 * @property {string} host
 * @property {number} port
 * @property {string} user
 * @property {string} password
 * @property {{ user: string, password: string }} admin
 * @property {string} database the first of `databases`
 * @property {string} folder
 * @property {string} log
 * @property {'new' | 'kept' | 'upgraded'} dataFolder
 */

/** @typedef {PrivateDatabase & import('./running-server.mjs').ServerControl} RunningDatabase */

/**
 * Starts a private database and returns when it answers. What an earlier process left running in the folder is ended first.
 * @param {DatabaseOptions} options
 * @returns {Promise<RunningDatabase>}
 */
export async function startDatabase(options) {
  const folder = resolve(options.folder);
  const program = options.program ?? installedDatabase();
  if (program === undefined)
    throw new Problem('No mysqld (8.0 or newer) and no mariadbd (10.11 or newer) was found.');
  const log = options.log ?? join(folder, 'database.log');
  const record = join(folder, 'process.json');
  const initFile = join(folder, 'bootstrap.sql');
  const password = options.password ?? randomPassword();
  const adminPassword = options.adminPassword ?? randomPassword();
  const databases = options.databases ?? [databaseName];

  const temporary = join(folder, 'tmp');

  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  await endLeftover(record);
  const dataFolder = await prepareDataFolder({
    folder,
    program,
    log,
    ...(options.templates === undefined ? {} : { templates: options.templates }),
  });
  writeFileSync(initFile, bootstrapSql({ password, adminPassword, databases }), { mode: 0o600 });

  const title = programTitle(program);
  const server = await startServer(
    {
      title,
      order: (port) => ({
        command: program.command,
        args: [
          ...(program.before ?? []),
          ...serverArguments(program, {
            data: join(folder, 'data'),
            temporary,
            port,
            initFile,
            fast: options.fast === true,
          }),
          ...(options.options ?? []),
        ],
        cwd: folder,
        log,
        record,
        graceMs: 30_000,
        group: false,
      }),
      isReady: async (port) => (await greetDatabase({ host: '127.0.0.1', port })) === 'ready',
      // A server that upgrades its data takes its time.
      readyWithinMs: 180_000,
    },
    options.port,
  );
  return {
    ...server,
    engine: program.engine,
    version: program.version.join('.'),
    title,
    host: '127.0.0.1',
    user: databaseUser,
    password,
    admin: { user: 'root', password: adminPassword },
    database: databases[0] ?? databaseName,
    folder,
    log,
    dataFolder,
  };
}

/**
 * @param {DatabaseProgram} program
 * @param {{ data: string, temporary: string, port: number, initFile: string, fast: boolean }} server
 */
function serverArguments(program, { data, temporary, port, initFile, fast }) {
  const isMysql = program.engine === 'mysql';
  return [
    '--no-defaults',
    ...(program.options ?? []),
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--datadir=${data}`,
    // A server that starts removes the temporary tables of all others in the same folder.
    `--tmpdir=${temporary}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    // Relative to the data folder: the path of a Unix socket may have no more than about 100 bytes.
    '--socket=server.sock',
    '--pid-file=server.pid',
    '--skip-name-resolve',
    `--init-file=${initFile}`,
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_520_ci',
    '--max-connections=500',
    '--innodb-buffer-pool-size=256M',
    ...(isMysql ? ['--secure-file-priv=NULL', '--loose-mysqlx=OFF'] : []),
    ...(fast ? fastOptions(isMysql) : durableOptions(isMysql)),
  ];
}

/** @param {boolean} isMysql */
function fastOptions(isMysql) {
  return [
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=OFF',
    '--innodb-flush-method=nosync',
    ...(isMysql ? ['--skip-log-bin', '--performance-schema=OFF'] : []),
  ];
}

/** @param {boolean} isMysql */
function durableOptions(isMysql) {
  return [
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-doublewrite=ON',
    ...(isMysql ? ['--sync-binlog=1', '--binlog-expire-logs-seconds=86400'] : []),
  ];
}

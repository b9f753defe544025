// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLog } from './log-file.mjs';
import { Problem } from './problem.mjs';
import { findExecutable, identifyDatabase } from './programs.mjs';
import { progress } from './say.mjs';

/** @typedef {import('./programs.mjs').DatabaseProgram} DatabaseProgram */

const suite = 'sid';
const keyrings = ['pgp', 'gpg'].map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`);

/**
 * The MySQL that was unpacked in a folder, if one was. It runs with the libraries that were unpacked with it, so that
 * the age of the system does not matter.
 * @param {string} folder
 * @returns {DatabaseProgram | undefined}
 */
export function unpackedMysql(folder) {
  const usr = join(folder, 'usr');
  const server = join(usr, 'sbin', 'mysqld');
  if (!existsSync(server)) return undefined;
  const loader = [...filesIn(join(usr, 'lib64')), ...filesIn(join(usr, 'lib'))].find((path) =>
    /\/ld-linux[^/]*$/.test(path),
  );
  const libraries = filesIn(join(usr, 'lib')).find((path) => path.includes('-linux-gnu'));
  if (loader === undefined || libraries === undefined) return undefined;
  const program = identifyDatabase(loader, ['--library-path', libraries, '--argv0', server, server]);
  return (
    program && {
      ...program,
      options: [
        `--basedir=${usr}`,
        `--lc-messages-dir=${join(usr, 'share', 'mysql')}`,
        `--character-sets-dir=${join(usr, 'share', 'mysql', 'charsets')}`,
        `--plugin-dir=${join(usr, 'lib', 'mysql', 'plugin')}`,
      ],
    }
  );
}

/**
 * Unpacks MySQL and all that it links to from Debian's archive, as signed by Debian, without installing anything and
 * without root. A Problem when this is not Debian.
 * @param {string} folder made anew
 * @param {string} log
 * @returns {Promise<DatabaseProgram>}
 */
export async function unpackMysql(folder, log) {
  const keyring = keyrings.find((path) => existsSync(path));
  const tools = ['apt-get', 'apt-config', 'dpkg-deb'].every((name) => findExecutable([name]) !== undefined);
  const archive = tools ? archiveInUse() : undefined;
  if (keyring === undefined || archive === undefined) {
    throw new Problem(
      'There is no MySQL here, and it is fetched on Debian only. Install it so that mysqld is on the PATH.',
    );
  }
  progress(`Fetching MySQL from Debian ${suite} into ${folder} (about 70 MB, once) …`);
  const work = `${folder}.${process.pid}.new`;
  rmSync(work, { recursive: true, force: true });
  try {
    const apt = privateApt(join(work, 'apt'), `deb [signed-by=${keyring}] ${archive} ${suite} main`, log);
    await apt('update');
    // As nothing counts as installed here, this brings the whole closure, the C library included.
    await apt('install', '--yes', '--download-only', '--no-install-recommends', 'mysql-server-core');
    for (const path of filesIn(join(work, 'apt', 'archives')).filter((name) => name.endsWith('.deb'))) {
      await runLogged('dpkg-deb', ['--extract', path, join(work, 'root')], log);
    }
    for (const name of ['doc', 'man', 'locale', 'perl']) {
      rmSync(join(work, 'root', 'usr', 'share', name), { recursive: true, force: true });
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(work, 'root'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const program = unpackedMysql(folder);
  if (program === undefined)
    throw new Problem(`The MySQL from Debian ${suite} does not run here; see ${log}`);
  return program;
}

/** The Debian archive that this system's apt uses. */
function archiveInUse() {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'],
    {
      encoding: 'utf8',
    },
  );
  return stdout.split('\n').find((address) => /\/debian\/?$/.test(address));
}

/**
 * An apt-get that knows one source only, keeps everything in one folder, and takes from the system's configuration no
 * more than how to reach the network.
 * @param {string} folder
 * @param {string} source
 * @param {string} log
 */
function privateApt(folder, source, log) {
  for (const name of ['lists/partial', 'archives/partial', 'none'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'sources.list'), `${source}\n`);
  writeFileSync(join(folder, 'status'), '');
  const network = spawnSync('apt-config', ['dump', 'Acquire'], { encoding: 'utf8' }).stdout;
  const settings = {
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': join(folder, 'none'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': join(folder, 'none'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'none'),
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Dir::Log': folder,
    // Otherwise apt would change to a user who may not write here.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)};`);
  const path = join(folder, 'apt.conf');
  writeFileSync(path, [network, ...lines, ''].join('\n'));
  /** @param {string[]} args */
  return (...args) =>
    runLogged('apt-get', ['--quiet', ...args], log, { APT_CONFIG: path, DEBIAN_FRONTEND: 'noninteractive' });
}

/** @param {string} folder */
function filesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} log
 * @param {Record<string, string>} [environment]
 * @returns {Promise<void>}
 */
function runLogged(command, args, log, environment = {}) {
  const output = openLog(log);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', output, output],
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Problem(
            `${command} ${args.includes('update') ? 'update ' : ''}failed (exit code ${code ?? 'none'}); see ${log}`,
          ),
        );
    });
  });
}

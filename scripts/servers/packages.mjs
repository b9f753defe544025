// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { findExecutable } from './programs.mjs';
import { openLog } from './log-file.mjs';
import { progress } from './say.mjs';

/** @typedef {'database' | 'redis'} ServerKind */

/**
 * Packages by preference: the first set that the system offers is installed. They bring programs; none starts a service.
 * @typedef {{ command: string, asRoot: boolean, refresh?: string[], offers: string[], install: string[], packages: Record<ServerKind, string[][]> }} PackageSystem
 */

/** @type {PackageSystem[]} */
const packageSystems = [
  {
    command: 'apt-get',
    asRoot: true,
    refresh: ['update'],
    offers: ['install', '--simulate', '--no-install-recommends'],
    install: ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
    packages: {
      database: [
        ['mysql-server-core'],
        ['mysql-server-core-8.4'],
        ['mysql-server-core-8.0'],
        ['mariadb-server-core', 'mariadb-client-core'],
      ],
      redis: [['redis-tools'], ['valkey-tools']],
    },
  },
  {
    command: 'brew',
    asRoot: false,
    offers: ['info'],
    install: ['install'],
    packages: { database: [['mysql'], ['mariadb']], redis: [['redis'], ['valkey']] },
  },
  {
    command: 'dnf',
    asRoot: true,
    offers: ['--quiet', 'info'],
    install: ['install', '--assumeyes', '--setopt=install_weak_deps=False'],
    packages: {
      database: [['mysql-server'], ['mysql8.4-server'], ['mariadb-server']],
      redis: [['valkey'], ['redis']],
    },
  },
  {
    command: 'apk',
    asRoot: true,
    refresh: ['update'],
    offers: ['add', '--simulate'],
    install: ['add'],
    packages: { database: [['mariadb', 'mariadb-client']], redis: [['valkey'], ['redis']] },
  },
];

/**
 * Installs the programs of the missing servers with the system's own packages, after saying so.
 * @param {ServerKind[]} missing
 * @param {string} log takes the output of the package program
 * @returns {Promise<{ installed: true } | { installed: false, reason: string }>}
 */
export async function installPackages(missing, log) {
  const system = packageSystems.find(({ command }) => findExecutable([command]) !== undefined);
  if (system === undefined) return refusal('none of apt-get, brew, dnf and apk is here');
  const before = rightsPrefix(system);
  if (typeof before === 'string') return refusal(before);
  /** @param {string[]} args */
  const run = (args) =>
    runLogged([...before, 'env', 'DEBIAN_FRONTEND=noninteractive', system.command, ...args], log);

  if (system.refresh !== undefined) {
    progress(`Reading the package lists (${system.command} ${system.refresh.join(' ')}) …`);
    await run(system.refresh);
  }
  /** @type {string[]} */
  const packages = [];
  for (const kind of missing) {
    const choice = await firstOffered(system.packages[kind], (names) => run([...system.offers, ...names]));
    if (choice === undefined)
      return refusal(
        `${system.command} offers none of ${system.packages[kind].flat().join(', ')}; its output is in ${log}`,
      );
    packages.push(...choice);
  }
  progress(
    `Installing ${packages.join(', ')} with ${[...before, system.command].join(' ')}. No service is started …`,
  );
  const code = await run([...system.install, ...packages]);
  return code === 0
    ? { installed: true }
    : refusal(`${system.command} failed (exit code ${code}); its output is in ${log}`);
}

/** @param {string} reason @returns {{ installed: false, reason: string }} */
function refusal(reason) {
  return { installed: false, reason };
}

/**
 * What has to stand before the command for the rights it needs, or why they cannot be had.
 * @param {PackageSystem} system
 * @returns {string[] | string}
 */
function rightsPrefix({ command, asRoot }) {
  const isRoot = process.getuid?.() === 0;
  if (!asRoot) return isRoot ? `${command} does not run as root` : [];
  if (isRoot) return [];
  const sudo = findExecutable(['sudo']);
  if (sudo === undefined) return `${command} needs root, and there is no sudo`;
  if (spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    return `${command} needs root, and sudo asks for a password`;
  }
  return ['sudo', '-n'];
}

/** @param {string[][]} choices @param {(names: string[]) => Promise<number | null>} offers */
async function firstOffered(choices, offers) {
  for (const names of choices) {
    if ((await offers(names)) === 0) return names;
  }
  return undefined;
}

/** @param {string[]} words @param {string} log @returns {Promise<number | null>} */
function runLogged([command = '', ...args], log) {
  const output = openLog(log);
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', output, output] });
    child.once('error', () => {
      resolve(null);
    });
    child.once('exit', resolve);
  });
}

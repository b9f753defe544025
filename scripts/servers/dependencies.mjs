// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asObject, readJsonObject } from './json-file.mjs';
import { endLeftover, keep } from './kept-process.mjs';
import { waitForLock } from './lock.mjs';
import { Problem } from './problem.mjs';
import { progress } from './say.mjs';

/**
 * Makes node_modules match package-lock.json with `npm ci`; does nothing when it does already.
 * @param {string} root
 */
export async function ensureDependencies(root) {
  if (areInstalled(root)) return;
  const lock = await waitForLock(
    join(root, '.data', 'install.lock'),
    'the installation of dependencies',
    ({ pid }) => {
      progress(`Waiting for another command (pid ${pid}) that installs the dependencies …`);
    },
  );
  try {
    if (areInstalled(root)) return;
    const why = existsSync(join(root, 'node_modules')) ? 'do not match package-lock.json' : 'are missing';
    progress(`The dependencies ${why}: running npm ci (its output goes to .data/log/npm.log) …`);
    await install(root);
    writeFileSync(join(root, 'node_modules', '.installed-lock'), lockHash(root));
  } finally {
    lock.release();
  }
}

/**
 * Whether node_modules is what package-lock.json asks for: npm's own record of what it installed agrees, or our stamp
 * says that this very lock file was installed. Folders that yarn or pnpm made are theirs to check.
 * @param {string} root
 */
export function areInstalled(root) {
  const folder = join(root, 'node_modules');
  if (['.yarn-integrity', '.yarn-state.yml', '.modules.yaml'].some((name) => existsSync(join(folder, name))))
    return true;
  const installed = packagesOf(join(folder, '.package-lock.json'));
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return false;
  if (readStamp(join(folder, '.installed-lock')) === lockHash(root)) return true;
  return Object.entries(wanted).every(([path, entry]) => {
    const { version, optional, devOptional } = asObject(entry) ?? {};
    // Optional packages belong to other systems as a rule.
    return (
      path === '' ||
      optional === true ||
      devOptional === true ||
      asObject(installed[path])?.['version'] === version
    );
  });
}

/**
 * `npm ci` refuses a lock file that lacks other systems' optional packages, which `npm install` takes in its stride.
 * @param {string} root
 */
async function install(root) {
  const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=warn'];
  let failure = await runNpm(['ci', ...flags], root);
  if (failure === 'EUSAGE') {
    progress('npm ci does not accept package-lock.json; running npm install instead …');
    failure = await runNpm(['install', '--no-save', ...flags], root);
  }
  if (failure === undefined) return;
  throw new Problem(
    `The dependencies could not be installed (npm: ${failure}; see .data/log/npm.log).\n` +
      'npm needs its registry for that: when the network is there, run the command again.',
  );
}

/** @param {string} path */
function packagesOf(path) {
  return asObject(readJsonObject(path)?.['packages']);
}

/** @param {string} path */
function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** @param {string} root */
function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** @param {string[]} args @param {string} root @returns {Promise<string | undefined>} npm's code of what went wrong */
async function runNpm(args, root) {
  const record = join(root, '.data', 'install', 'process.json');
  const log = join(root, '.data', 'log', 'npm.log');
  await endLeftover(record);
  rmSync(log, { force: true });
  // The npm that runs this script, if one does.
  const current = process.env['npm_execpath'];
  const isNpm = current !== undefined && basename(current) === 'npm-cli.js';
  const npm = await keep({
    command: isNpm ? process.execPath : 'npm',
    args: isNpm ? [current, ...args] : args,
    cwd: root,
    log,
    record,
    graceMs: 5_000,
    group: true,
  });
  const { code } = await npm.exited;
  if (code === 0) return undefined;
  return (
    /^npm (?:error|ERR!) code (\w+)/m.exec(readFileSync(log, 'utf8'))?.[1] ?? `exit code ${code ?? 'none'}`
  );
}

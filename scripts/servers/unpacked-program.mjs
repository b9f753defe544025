// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findExecutable } from './programs.mjs';
import { progress } from './say.mjs';

/**
 * A program of this machine, else one that is unpacked into the folder `where` from the package of Debian with its name, without installing
 * anything; undefined where neither can be had.
 * @param {string} name of the program, which lies in /usr/sbin, and of its package
 * @param {string} where
 * @returns {string | undefined}
 */
export function requireUnpacked(name, where) {
  const folder = resolve(where);
  const unpacked = join(folder, 'usr', 'sbin', name);
  const known = findExecutable([name]) ?? (runs(unpacked) ? unpacked : undefined);
  if (known !== undefined) return known;
  if (['apt-get', 'dpkg-deb'].some((tool) => findExecutable([tool]) === undefined)) return undefined;
  progress(`Fetching ${name} from the packages of the system into ${folder} …`);
  mkdirSync(dirname(folder), { recursive: true });
  // Others may do the same at this moment: whoever is done first puts the folder in its place.
  const own = mkdtempSync(`${folder}-`);
  try {
    if (!download(name, own)) {
      run('apt-get', ['update'], own);
      if (!download(name, own)) return undefined;
    }
    for (const file of readdirSync(own).filter((each) => each.endsWith('.deb')))
      run('dpkg-deb', ['--extract', file, own], own);
    if (!runs(unpacked)) putInPlace(own, folder);
    return runs(unpacked) ? unpacked : undefined;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** @param {string} own @param {string} folder */
function putInPlace(own, folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
    renameSync(own, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** @param {string} name @param {string} folder */
function download(name, folder) {
  return run('apt-get', ['download', '-o', 'APT::Sandbox::User=root', name], folder);
}

/** @param {string} program */
function runs(program) {
  return existsSync(program) && spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0;
}

/** @param {string} command @param {string[]} args @param {string} cwd */
function run(command, args, cwd) {
  return spawnSync(command, args, { cwd, stdio: 'ignore', timeout: 120_000 }).status === 0;
}

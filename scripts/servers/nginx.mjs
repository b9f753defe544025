// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findExecutable } from './programs.mjs';
import { progress } from './say.mjs';

/**
 * The nginx of this machine, else one that is unpacked into the folder `where` from the packages of Debian, without installing anything; undefined
 * where neither can be had.
 * @param {string} where
 * @returns {string | undefined}
 */
export function requireNginx(where) {
  const folder = resolve(where);
  const unpacked = join(folder, 'usr', 'sbin', 'nginx');
  const known = findExecutable(['nginx']) ?? (runs(unpacked) ? unpacked : undefined);
  if (known !== undefined) return known;
  if (['apt-get', 'dpkg-deb'].some((name) => findExecutable([name]) === undefined)) return undefined;
  progress(`Fetching nginx from the packages of the system into ${folder} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (!download(folder)) {
    run('apt-get', ['update'], folder);
    if (!download(folder)) return undefined;
  }
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.deb')))
    run('dpkg-deb', ['--extract', join(folder, name), folder], folder);
  return runs(unpacked) ? unpacked : undefined;
}

/** @param {string} folder */
function download(folder) {
  return run('apt-get', ['download', '-o', 'APT::Sandbox::User=root', 'nginx'], folder);
}

/** @param {string} program */
function runs(program) {
  return existsSync(program) && spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0;
}

/** @param {string} command @param {string[]} args @param {string} cwd */
function run(command, args, cwd) {
  return spawnSync(command, args, { cwd, stdio: 'ignore', timeout: 120_000 }).status === 0;
}

// @ts-check
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from './programs.mjs';
import { progress } from './say.mjs';

/**
 * Unpacks packages of the Debian that runs here into a folder, made anew, without installing anything and without root. False where that cannot
 * be done.
 * @param {string} folder
 * @param {string[]} names
 */
export function unpackPackages(folder, names) {
  if (['apt-get', 'dpkg-deb'].some((name) => findExecutable([name]) === undefined)) return false;
  progress(`Fetching ${names.join(', ')} from the packages of the system into ${folder} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const download = () => run('apt-get', ['download', '-o', 'APT::Sandbox::User=root', ...names], folder);
  if (!download()) {
    run('apt-get', ['update'], folder);
    if (!download()) return false;
  }
  return readdirSync(folder)
    .filter((each) => each.endsWith('.deb'))
    .every((name) => run('dpkg-deb', ['--extract', join(folder, name), folder], folder));
}

/** @param {string} command @param {string[]} args @param {string} cwd */
function run(command, args, cwd) {
  return spawnSync(command, args, { cwd, stdio: 'ignore', timeout: 120_000 }).status === 0;
}

// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { unpackPackages } from './debian-packages.mjs';
import { findExecutable } from './programs.mjs';

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
  mkdirSync(dirname(folder), { recursive: true });
  // Others may do the same at this moment: whoever is done first puts the folder in its place.
  const own = mkdtempSync(`${folder}-`);
  try {
    if (unpackPackages(own, [name]) && !runs(unpacked)) putInPlace(own, folder);
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

/** @param {string} program */
function runs(program) {
  return existsSync(program) && spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0;
}

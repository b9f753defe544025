// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unpackPackages } from './debian-packages.mjs';
import { findExecutable } from './programs.mjs';

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
  unpackPackages(folder, ['nginx']);
  return runs(unpacked) ? unpacked : undefined;
}

/** @param {string} program */
function runs(program) {
  return existsSync(program) && spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0;
}

// @ts-check
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readJsonObject, writeJsonObject } from './json-file.mjs';
import { errorCode, Problem } from './problem.mjs';
import { asProcessRef, isRunning, processRef } from './processes.mjs';

/**
 * What a lock file says of the process that holds it.
 * @typedef {{ pid: number, mark: string, command: string, startedAt: string, url?: string }} LockHolder
 */

/**
 * A lock that this process holds. `announce` adds the address that the holder serves.
 * @typedef {{ release: () => void, announce: (url: string) => void }} Lock
 */

/**
 * Takes the lock file for this process, or tells who holds it. The lock of a process that is gone is taken over.
 * @param {string} path
 * @param {string} command what the holder is called in messages to others
 * @returns {{ lock: Lock, holder?: never } | { lock?: never, holder: LockHolder }}
 */
export function takeLock(path, command) {
  const self = processRef(process.pid);
  if (self === undefined)
    throw new Problem('This system does not tell which processes run (no /proc and no ps).');
  /** @type {LockHolder} */
  const mine = { ...self, command, startedAt: new Date().toISOString() };
  mkdirSync(dirname(path), { recursive: true });
  while (!createWhole(path, mine)) {
    const holder = lockHolder(path);
    if (holder !== undefined) return { holder };
    removeStale(path);
  }
  return {
    lock: {
      release: () => {
        if (lockHolder(path)?.mark === mine.mark && lockHolder(path)?.pid === mine.pid)
          rmSync(path, { force: true });
      },
      announce: (url) => {
        writeJsonObject(path, { ...mine, url });
      },
    },
  };
}

/**
 * Takes the lock as soon as its holder ends; says once whom it waits for.
 * @param {string} path
 * @param {string} command
 * @param {(holder: LockHolder) => void} onWait
 * @returns {Promise<Lock>}
 */
export async function waitForLock(path, command, onWait) {
  for (let told = false; ; told = true) {
    const { lock, holder } = takeLock(path, command);
    if (lock) return lock;
    if (!told) onWait(holder);
    await delay(200);
  }
}

/**
 * The live process that holds a lock file, if any.
 * @param {string} path
 * @returns {LockHolder | undefined}
 */
export function lockHolder(path) {
  const written = readJsonObject(path);
  const ref = asProcessRef(written);
  if (written === undefined || ref === undefined || !isRunning(ref)) return undefined;
  const { command, startedAt, url } = written;
  return {
    ...ref,
    command: String(command),
    startedAt: String(startedAt),
    ...(typeof url === 'string' ? { url } : {}),
  };
}

/** A hard link appears with its whole content or not at all. @param {string} path @param {LockHolder} holder */
function createWhole(path, holder) {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves the file aside first: only one of several who found it stale gets it, and a live lock is put back. @param {string} path */
function removeStale(path) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (lockHolder(aside) !== undefined) linkSync(aside, path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

// @ts-check
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './problem.mjs';

/**
 * A process that can be told from a later one with the same number: `mark` changes with each start and each boot.
 * @typedef {{ pid: number, mark: string }} ProcessRef
 */

/**
 * Names a running process, or undefined when there is none with this number.
 * @param {number} pid
 * @returns {ProcessRef | undefined}
 */
export function processRef(pid) {
  const mark = process.platform === 'linux' ? markFromProc(pid) : markFromPs(pid);
  return mark === undefined ? undefined : { pid, mark };
}

/**
 * Whether this very process still runs.
 * @param {ProcessRef} ref
 */
export function isRunning(ref) {
  return processRef(ref.pid)?.mark === ref.mark;
}

/**
 * Ends a process: SIGTERM, and SIGKILL when it has not ended in time. Returns when it is gone.
 * @param {ProcessRef} ref
 * @param {number} graceMs
 */
export async function endProcess(ref, graceMs) {
  sendSignal(ref, 'SIGTERM');
  if (await hasEnded(ref, graceMs)) return;
  sendSignal(ref, 'SIGKILL');
  await hasEnded(ref, 10_000);
}

/**
 * Waits for a process to end; false when it still runs after the time.
 * @param {ProcessRef} ref
 * @param {number} withinMs
 */
export async function hasEnded(ref, withinMs) {
  const deadline = performance.now() + withinMs;
  while (isRunning(ref)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/**
 * A reference as it was read from a file.
 * @param {unknown} value
 * @returns {ProcessRef | undefined}
 */
export function asProcessRef(value) {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('mark' in value))
    return undefined;
  const { pid, mark } = value;
  return typeof pid === 'number' && typeof mark === 'string' ? { pid, mark } : undefined;
}

/** @param {ProcessRef} ref @param {NodeJS.Signals} signal */
function sendSignal(ref, signal) {
  if (!isRunning(ref)) return;
  try {
    process.kill(ref.pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** @param {number} pid */
function markFromProc(pid) {
  try {
    // proc(5): the name in parentheses may hold spaces; after it come the state and, as the 20th field, the start time.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || start === undefined) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${start}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function markFromPs(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const [, state, start] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(stdout) ?? [];
  return status === 0 && start !== undefined && !state?.startsWith('Z') ? start : undefined;
}
